package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.core.Background;
import dev.concordat.events.claims.Claim;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final int PARALLEL = Runtime.getRuntime().availableProcessors() + 3;

  private final Background background = new Background("lanes");
  private final CountDownLatch begun = new CountDownLatch(PARALLEL);
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void stop() {
    go.countDown();
    assertThat(background.stop(Duration.ofSeconds(30))).isTrue();
  }

  /// Also when they take several messages at once: those who wait do not hold up the others.
  @Test
  void handlersThatWaitLeaveTheOtherWorkersToTheOtherKeys() throws InterruptedException {
    send(2);
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private void send(int handful) {
    Lanes lanes = new Lanes(background, PARALLEL, new Waiting(handful), 0, () -> {});
    Partition partition = new Partition(new Claim("lanes", 0, 1), 0, List.of());
    for (int key = 0; key < PARALLEL * handful; key++) {
      lanes.send(job(partition, key));
    }
  }

  private static Job job(Partition partition, int key) {
    Instant now = Instant.EPOCH;
    Envelope message =
        new Envelope(
            new UUID(0, key), "shop", "lanes", "key-" + key, now, Map.of(), ByteString.EMPTY);
    return new Job.Fresh(
        partition, new Broker.Logged(0, key, now, message), partition.progress().begin(key));
  }

  /// Handlers that wait until the end of the test.
  private final class Waiting implements Lanes.Crew {
    private final int handful;

    private Waiting(int handful) {
      this.handful = handful;
    }

    @Override
    public int size() {
      return handful;
    }

    @Override
    public int handful() {
      return handful;
    }

    @Override
    public long patienceMillis() {
      return 0;
    }

    @Override
    public boolean joins(Job first, Job job) {
      return true;
    }

    @Override
    public void alone(Run run, Job job) {
      begun.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public int together(Run run, List<Job> jobs) {
      alone(run, jobs.getFirst());
      return jobs.size();
    }

    @Override
    public void leftBehind(Job job) {}
  }
}
