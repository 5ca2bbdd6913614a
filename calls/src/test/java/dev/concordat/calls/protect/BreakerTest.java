package dev.concordat.calls.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final Breaker breaker = new Breaker(Breaking.DEFAULT, 0);
  private long now;

  @Test
  void fiveFailuresInARowAreEnough() {
    fail(4);
    breaker.well(now);
    assertThat(fail(4)).isFalse();
    assertThat(fail(1)).isTrue();
  }

  @Test
  void halfOfTwentyCallsWithinTenSecondsAreEnough() {
    for (int i = 0; i < 9; i++) {
      breaker.well(now);
      assertThat(fail(1)).isFalse();
    }
    breaker.well(now);
    assertThat(fail(1)).isTrue();
  }

  @Test
  void whatIsLongAgoDoesNotCount() {
    for (int i = 0; i < 9; i++) {
      breaker.well(now);
      fail(1);
    }
    pass(Duration.ofSeconds(11));
    breaker.well(now);
    assertThat(fail(1)).isFalse();
    assertThat(breaker.calls(now)).isEqualTo(2);
  }

  @Test
  void itIsOpenForAWhileThenTriesAndCloses() {
    fail(5);
    breaker.open(now);
    pass(Duration.ofSeconds(4));
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.OPEN);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.HALF_OPEN);
    assertThat(breaker.well(now)).isFalse();
    assertThat(breaker.well(now)).isFalse();
    assertThat(breaker.well(now)).isTrue();
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.CLOSED);
  }

  @Test
  void oneFailedTrialIsEnoughAndTheNextPauseIsLonger() {
    fail(5);
    breaker.open(now);
    pass(Duration.ofSeconds(5));
    assertThat(fail(1)).isTrue();
    breaker.open(now);
    pass(Duration.ofSeconds(9));
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.OPEN);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.HALF_OPEN);
    for (int i = 0; i < 20; i++) {
      breaker.open(now);
    }
    pass(Duration.ofMinutes(5));
    assertThat(breaker.state(now)).isEqualTo(Breaker.State.HALF_OPEN);
  }

  @Test
  void doingWellForAsLongMakesItAFirstTimeAgain() {
    breaker.open(now);
    pass(Duration.ofSeconds(5));
    breaker.open(now);
    pass(Duration.ofSeconds(10));
    for (int i = 0; i < 3; i++) {
      breaker.well(now);
    }
    pass(Duration.ofSeconds(11));
    breaker.open(now);
    assertThat(breaker.times()).isEqualTo(1);
  }

  @Test
  void bulkheadRefusesAtOnceWhatDoesNotFit() {
    Bulkhead bulkhead = new Bulkhead("stock", 2);
    bulkhead.enter();
    bulkhead.enter();
    assertThatThrownBy(bulkhead::enter)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(failure.details().reason()).isEqualTo("BULKHEAD_FULL");
              assertThat(failure.details().decidedBy()).isEqualTo("bulkhead");
              assertThat(failure.details().settled()).isTrue();
            });
    bulkhead.leave();
    bulkhead.enter();
    assertThat(bulkhead.inside()).isEqualTo(2);
  }

  private boolean fail(int times) {
    boolean opens = false;
    for (int i = 0; i < times; i++) {
      opens = breaker.failed(now);
    }
    return opens;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
