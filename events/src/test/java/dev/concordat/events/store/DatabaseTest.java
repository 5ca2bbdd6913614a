package dev.concordat.events.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Background;
import dev.concordat.events.Await;
import dev.concordat.events.Postgres;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseTest {
  private static final int HOLDERS = 8 * Runtime.getRuntime().availableProcessors();
  private static final int WAITERS = 4;

  /// More of them than cores: if they spun, no virtual thread of this process would ever run again.
  @Test
  void whoIsInterruptedGivesItsConnectionBackToThoseWhoWait() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(HOLDERS);
    List<CountDownLatch> goes =
        Stream.generate(() -> new CountDownLatch(1)).limit(HOLDERS).toList();
    CountDownLatch served = new CountDownLatch(WAITERS);
    HikariDataSource pool = Postgres.database("lent", HOLDERS);
    Database database = new Database(pool);
    Background threads = new Background("holders");
    goes.forEach(go -> threads.start("holder", () -> database.read(c -> hold(held, go))));
    held.await();
    for (int i = 0; i < WAITERS; i++) {
      threads.start(
          "waiter",
          () -> {
            database.read(c -> c.isValid(1));
            served.countDown();
          });
    }
    Await.until(
        "they wait", () -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == WAITERS);

    // By a virtual thread, all at once: so they stand in the line before those whom they serve.
    threads.start("go", () -> goes.forEach(CountDownLatch::countDown));
    assertThat(served.await(20, TimeUnit.SECONDS)).isTrue();
    threads.close();
    pool.close();
  }

  private static boolean hold(CountDownLatch held, CountDownLatch go) {
    held.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Thread.currentThread().interrupt();
    return true;
  }
}
