package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

  @Test
  void theCapDoublesUpToTheMaximum() {
    assertThat(backoff.cap(1)).isEqualTo(Duration.ofMillis(50));
    assertThat(backoff.cap(2)).isEqualTo(Duration.ofMillis(100));
    assertThat(backoff.cap(5)).isEqualTo(Duration.ofMillis(800));
    assertThat(backoff.cap(6)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.cap(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void fewerThanOneFailureCountsAsOne() {
    assertThat(backoff.cap(0)).isEqualTo(Duration.ofMillis(50));
    assertThat(backoff.cap(Integer.MIN_VALUE)).isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void longestPossibleBoundsDoNotOverflow() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    Backoff slow = new Backoff(Duration.ofDays(365), forever);

    for (int failures = 1; failures < 100; failures++) {
      assertThat(slow.cap(failures)).isPositive().isLessThanOrEqualTo(Duration.ofDays(36_500));
      assertThat(slow.after(failures, new Random(failures)))
          .isBetween(Duration.ZERO, slow.cap(failures));
    }
  }

  @Test
  void jitterCoversTheWholeRangeAndNoMore() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long cap = backoff.cap(3).toNanos();
    int[] quarters = new int[4];

    for (int i = 0; i < 4_000; i++) {
      long wait = backoff.after(3, random).toNanos();
      assertThat(wait).as("seed %d", seed).isBetween(0L, cap);
      quarters[(int) Math.min(3, wait * 4 / cap)]++;
    }

    assertThat(Arrays.stream(quarters))
        .as("seed %d", seed)
        .allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void badBoundsAreRefused() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("0 < base <= max");
  }
}
