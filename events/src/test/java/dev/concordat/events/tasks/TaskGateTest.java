package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.ManualClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaskGateTest {
  private final Failure down = Failure.of(Code.UNAVAILABLE, "down");

  private final ManualClock clock = new ManualClock();
  private final TaskGate gate = new TaskGate(clock, new Random(1));

  @Test
  void shutsWhenWhatManyNeedIsDownAndTriesOneAtATime() {
    shut();
    assertThat(gate.admit(16)).isZero();
    clock.advance(Duration.ofMillis(200));
    assertThat(gate.admit(16)).isEqualTo(1);
    gate.begun(1);
    assertThat(gate.admit(16)).as("one is under way").isZero();
    assertThat(gate.failed(99, down)).as("it does not count").isFalse();
    assertThat(gate.admit(16)).isZero();
  }

  @Test
  void triesPerMinuteAreFewHoweverMuchWaits() {
    shut();
    int tries = 0;
    for (int i = 0; i < 60_000; i++) {
      clock.advance(Duration.ofMillis(10));
      int admitted = gate.admit(1_000);
      gate.begun(admitted);
      for (int k = 0; k < admitted; k++) {
        gate.failed(1_000 + i, down);
        tries++;
      }
    }
    assertThat(tries).as("in ten minutes").isLessThan(100);
  }

  @Test
  void theFirstThatWorksOpensIt() {
    shut();
    clock.advance(Duration.ofMinutes(1));
    gate.begun(gate.admit(16));
    gate.worked(7);
    assertThat(gate.admit(16)).isEqualTo(16);
    assertThat(gate.failed(8, down)).as("counts again").isTrue();
  }

  @Test
  void oneThatEndsWithoutAWordIsFollowedByAnother() {
    shut();
    clock.advance(Duration.ofMinutes(1));
    gate.begun(gate.admit(16));
    gate.ended();
    assertThat(gate.admit(16)).as("in a while").isZero();
    clock.advance(Duration.ofMinutes(1));
    assertThat(gate.admit(16)).isEqualTo(1);
  }

  @Test
  void oneTaskThatAlwaysFailsDoesNotShutIt() {
    for (int i = 0; i < 100; i++) {
      assertThat(gate.failed(1, down)).isTrue();
    }
    assertThat(gate.admit(16)).isEqualTo(16);
  }

  @Test
  void defectsCountAndDoNotShutIt() {
    for (int i = 0; i < 100; i++) {
      assertThat(gate.failed(i, new IllegalStateException("a defect"))).isTrue();
    }
    assertThat(gate.admit(16)).isEqualTo(16);
  }

  private void shut() {
    for (int i = 0; i < 12; i++) {
      gate.failed(i, down);
    }
  }
}
