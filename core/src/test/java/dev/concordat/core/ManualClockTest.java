package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ManualClockTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-05-01T12:00:00Z"));

  @Test
  void standsStillUntilMoved() {
    assertThat(clock.now()).isEqualTo("2026-05-01T12:00:00Z");
    assertThat(clock.nanos()).isZero();

    clock.advance(Duration.ofSeconds(90));

    assertThat(clock.now()).isEqualTo("2026-05-01T12:01:30Z");
    assertThat(clock.nanos()).isEqualTo(90_000_000_000L);
  }

  @Test
  void wakesASleeperWhenItsTimeHasComeAndNotBefore() throws Exception {
    AtomicReference<Instant> woke = new AtomicReference<>();
    Thread sleeper = sleeping(Duration.ofSeconds(10), () -> woke.set(clock.now()));
    clock.awaitSleepers(1);

    clock.advance(Duration.ofSeconds(9));
    clock.awaitSleepers(1);
    clock.advance(Duration.ofSeconds(1));
    sleeper.join();

    assertThat(woke.get()).isEqualTo("2026-05-01T12:00:10Z");
  }

  @Test
  void aSleeperThatIsDueNoLongerCounts() throws Exception {
    AtomicInteger naps = new AtomicInteger();
    Thread sleeper =
        Thread.ofVirtual()
            .start(() -> {
              while (naps.get() < 100) {
                nap(Duration.ofSeconds(1));
                naps.incrementAndGet();
              }
            });
    for (int i = 0; i < 100; i++) {
      clock.awaitSleepers(1);
      assertThat(naps).hasValue(i);
      clock.advance(Duration.ofSeconds(1));
    }
    sleeper.join();
  }

  @Test
  void aSleepOfNothingReturnsAtOnce() throws Exception {
    clock.sleep(Duration.ZERO);
    clock.sleep(Duration.ofSeconds(-1));
    assertThat(clock.nanos()).isZero();
  }

  @Test
  void aSleeperCanBeInterrupted() throws Exception {
    AtomicReference<Class<?>> thrown = new AtomicReference<>();
    Thread sleeper =
        Thread.ofVirtual()
            .start(() -> {
              try {
                clock.sleep(Duration.ofSeconds(Long.MAX_VALUE));
              } catch (InterruptedException e) {
                thrown.set(e.getClass());
              }
            });
    clock.awaitSleepers(1);

    sleeper.interrupt();
    sleeper.join();

    assertThat(thrown.get()).isEqualTo(InterruptedException.class);
  }

  @Test
  void doesNotRunBackwards() {
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Thread sleeping(Duration duration, Runnable after) {
    return Thread.ofVirtual()
        .start(() -> {
          nap(duration);
          after.run();
        });
  }

  private void nap(Duration duration) {
    try {
      clock.sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
