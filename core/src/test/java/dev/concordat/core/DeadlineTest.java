package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final Duration CENTURY = Duration.ofDays(36_500);

  private final ManualClock clock = new ManualClock();

  @Test
  void hasPassedExactlyWhenItsTimeHasCome() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(1), clock);

    clock.advance(Duration.ofNanos(999_999_999));
    assertThat(deadline.expired()).isFalse();
    assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));

    clock.advance(Duration.ofNanos(1));
    assertThat(deadline.expired()).isTrue();
    assertThat(deadline.remaining()).isZero();
  }

  @Test
  void whatRemainsIsNeverNegative() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(1), clock);

    clock.advance(Duration.ofDays(1));

    assertThat(deadline.remaining()).isZero();
  }

  @Test
  void aDurationThatIsOverHasPassedAtOnce() {
    assertThat(Deadline.after(Duration.ZERO, clock).expired()).isTrue();
    assertThat(Deadline.after(Duration.ofSeconds(-1), clock).expired()).isTrue();
    assertThat(Deadline.after(Duration.ofSeconds(Long.MIN_VALUE), clock).expired()).isTrue();
  }

  @Test
  void veryLongIsCutToAHundredYears() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    assertThat(Deadline.after(longest, clock).remaining()).isEqualTo(CENTURY);
    assertThat(Deadline.after(CENTURY, clock).minus(longest).expired()).isTrue();
  }

  @Test
  void survivesAClockThatWrapsAround() {
    Fixed wrapping = new Fixed(Long.MAX_VALUE - 5);
    Deadline deadline = Deadline.after(Duration.ofNanos(10), wrapping);

    assertThat(deadline.atNanos()).isNegative();
    assertThat(deadline.expired()).isFalse();
    assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(10));
  }

  @Test
  void theEarlierWins() {
    Deadline soon = Deadline.after(Duration.ofSeconds(1), clock);
    Deadline late = Deadline.after(Duration.ofSeconds(2), clock);

    assertThat(soon.earlier(late)).isSameAs(soon);
    assertThat(late.earlier(soon)).isSameAs(soon);
  }

  @Test
  void theEarlierWinsAlsoWhenBothHavePassedOrOnDifferentClocks() {
    Deadline soon = Deadline.after(Duration.ofSeconds(1), clock);
    Deadline late = Deadline.after(Duration.ofSeconds(2), clock);
    clock.advance(Duration.ofSeconds(9));
    Deadline elsewhere = Deadline.after(Duration.ofSeconds(-20), new Fixed(1_000_000));

    assertThat(late.earlier(soon)).isSameAs(soon);
    assertThat(soon.earlier(elsewhere)).isSameAs(elsewhere);
  }

  @Test
  void aMarginBringsItNearer() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(3), clock).minus(Duration.ofSeconds(1));

    assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(2));
    assertThat(deadline).hasToString("Deadline[in 2000 ms]");
  }

  private record Fixed(long nanos) implements Clock {
    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public void sleep(Duration duration) {
      throw new UnsupportedOperationException();
    }
  }
}
