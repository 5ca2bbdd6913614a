package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/// A pool that sees when one of our threads takes a second connection while it keeps one: as many
/// of those as the pool has connections wait for each other. Tests themselves, on platform threads,
/// may.
final class OneEach {
  private final Map<Thread, Integer> kept = new ConcurrentHashMap<>();
  private final List<Throwable> seconds = new CopyOnWriteArrayList<>();

  DataSource over(DataSource pool) {
    return Proxies.pool(pool, this::over);
  }

  private Connection over(Connection connection) {
    Thread taker = Thread.currentThread();
    if (kept.merge(taker, 1, Integer::sum) > 1 && taker.isVirtual()) {
      seconds.add(new AssertionError(taker.getName() + " takes a second connection"));
    }
    AtomicBoolean back = new AtomicBoolean();
    return Proxies.proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (method.getName().equals("close") && back.compareAndSet(false, true)) {
            kept.merge(taker, -1, Integer::sum);
          }
          return Proxies.invoke(connection, method, arguments);
        });
  }

  void verify() {
    assertThat(seconds).isEmpty();
  }
}
