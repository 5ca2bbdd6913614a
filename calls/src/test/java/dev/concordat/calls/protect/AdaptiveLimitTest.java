package dev.concordat.calls.protect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.ManualClock;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveLimitTest {
  private static final Duration SECONDS_30 = Duration.ofSeconds(30);

  /// Eight workers, calls of 5 ms, in virtual time.
  @Nested
  class Overloaded {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void threefoldLoadKeepsGoodputAndSparesWhatIsImportant(long seed) {
      Desk desk = adaptive(seed);
      desk.run(3 * desk.capacity(), SECONDS_30);

      assertThat(desk.good()).isGreaterThan((long) (0.95 * desk.capacity() * 30));
      assertThat(desk.share(Priority.HIGH)).isGreaterThan(0.99);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withoutALimitNothingIsInTime(long seed) {
      Desk desk = new Desk(seed, Optional.empty());
      desk.run(3 * desk.capacity(), SECONDS_30);

      assertThat(desk.good()).isLessThan((long) (0.1 * desk.capacity() * 30));
    }

    @Test
    void lessImportantCallsAreShedFirstAndNotStarved() {
      Desk desk = adaptive(4);
      desk.run(3 * desk.capacity(), SECONDS_30);

      assertThat(desk.share(Priority.LOW)).isBetween(0.02, 0.12);
      assertThat(desk.share(Priority.NORMAL)).isGreaterThan(2 * desk.share(Priority.LOW));
    }

    @Test
    void callsThatAreAllImportantAreLimitedToo() {
      Desk desk = adaptive(5).shares(0, 1);
      desk.run(10 * desk.capacity(), SECONDS_30);

      assertThat(desk.good()).isGreaterThan((long) (0.9 * desk.capacity() * 30));
    }

    @Test
    void recoversWhenItIsOver() {
      Desk desk = adaptive(6);
      desk.run(10 * desk.capacity(), SECONDS_30);
      desk.run(0.7 * desk.capacity(), Duration.ofSeconds(2)).recount();
      desk.run(0.7 * desk.capacity(), SECONDS_30);

      assertThat(desk.refused()).isZero();
    }
  }

  @Test
  void slowDependencyDoesNotCollapseTheLimit() {
    Desk desk = adaptive(7).workers(64, 1).waiting(5);
    desk.run(2_000, Duration.ofSeconds(5)).waiting(100).recount();
    desk.run(2_000, Duration.ofSeconds(10));
    assertThat(desk.refused()).as("of 20,000, while it finds out").isLessThan(3_000);

    desk.recount().run(2_000, Duration.ofSeconds(20));
    assertThat(desk.refused()).isZero();
    assertThat(desk.limit().limit()).isGreaterThan(200);
  }

  @Test
  void loadBelowCapacityIsNeverRefused() {
    Desk desk = adaptive(8);
    desk.run(0.8 * desk.capacity(), SECONDS_30);
    assertThat(desk.refused()).isZero();
  }

  @Test
  void momentOfMoreIsNoOverload() {
    AdaptiveLimit limit = limit(Admission.fixed(10).withCeiling(100));
    assertThat(entered(limit, Priority.NORMAL, 100)).hasSize(40);
    assertThat(limit.refused(Priority.NORMAL)).isEqualTo(60);
  }

  @Test
  void nothingIsAboveTheCeiling() {
    AdaptiveLimit limit = limit(Admission.fixed(10));
    assertThat(entered(limit, Priority.HIGH, 20)).hasSize(10);
    assertThat(limit.inFlight()).isEqualTo(10);
  }

  @Test
  void onceSomethingWasRefusedEachPriorityHasItsBound() {
    ManualClock clock = new ManualClock();
    AdaptiveLimit limit = new AdaptiveLimit(Admission.fixed(20).withCeiling(1_000), clock);
    List<AdaptiveLimit.Place> burst = entered(limit, Priority.NORMAL, 81);
    burst.forEach(place -> place.leave(false));

    assertThat(entered(limit, Priority.LOW, 50)).hasSize(15);
    assertThat(entered(limit, Priority.NORMAL, 50)).hasSize(5);
    assertThat(entered(limit, Priority.HIGH, 500)).hasSize(60);
    assertThat(entered(limit, Priority.LOW, 1)).isEmpty();
  }

  @Test
  void placeIsGivenBackOnce() {
    AdaptiveLimit limit = limit(Admission.DEFAULT);
    AdaptiveLimit.Place first = limit.enter(Priority.NORMAL).orElseThrow();
    AdaptiveLimit.Place second = limit.enter(Priority.NORMAL).orElseThrow();
    first.leave(true);
    first.leave(true);
    assertThat(limit.inFlight()).isEqualTo(1);
    second.leave(true);
    assertThat(limit.inFlight()).isZero();
  }

  private static Desk adaptive(long seed) {
    return new Desk(seed, Optional.of(Admission.DEFAULT));
  }

  private static AdaptiveLimit limit(Admission options) {
    return new AdaptiveLimit(options, new ManualClock());
  }

  private static List<AdaptiveLimit.Place> entered(
      AdaptiveLimit limit, Priority priority, int tries) {
    List<AdaptiveLimit.Place> places = new ArrayList<>();
    for (int i = 0; i < tries; i++) {
      limit.enter(priority).ifPresent(places::add);
    }
    return places;
  }
}
