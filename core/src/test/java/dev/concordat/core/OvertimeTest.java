package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OvertimeTest {
  private static final long SECONDS = 30;

  @Test
  void whoeverWaitsFirstAfterARestIsNoticedToo() throws InterruptedException {
    Deadline patience = Deadline.after(Duration.ofSeconds(SECONDS), Clock.SYSTEM);
    while (!Overtime.rests() && !patience.expired()) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(Overtime.rests()).as("nobody has waited for a second").isTrue();

    CountDownLatch noticed = new CountDownLatch(1);
    Deadline over = Deadline.after(Duration.ZERO, Clock.SYSTEM);
    Overtime.Waiter waiter =
        new Overtime.Waiter() {
          @Override
          public Deadline deadline() {
            return over;
          }

          @Override
          public void overtime() {
            noticed.countDown();
          }
        };
    Overtime.begin(waiter);
    try {
      assertThat(noticed.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      Overtime.end(waiter);
    }
  }
}
