package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Duration> seen = new AtomicReference<>();

  @Test
  void budgetOf300MillisecondsStopsWorkFourHopsDown() throws Exception {
    try (Hops hops = new Hops(4, options -> options)) {
      // With connections that stand, so that there is time to work.
      hops.first.look(hops.request());
      hops.leaf.onLook = this::endless;
      assertLate(() -> within(300, () -> hops.first.look(hops.request())));
      stopped.await();
      assertThat(seen.get()).isPositive().isLessThan(Duration.ofMillis(300));
    }
  }

  @Test
  void contractsDefaultHoldsForACallerWithoutADeadline() throws Exception {
    Probes probes = new Probes();
    try (Pair pair = Pair.of(probes)) {
      probes.onLook = this::endless;
      assertLate(() -> pair.client.hurry(LookRequest.getDefaultInstance()));
      stopped.await();
      assertThat(seen.get()).isLessThanOrEqualTo(Duration.ofMillis(300));
    }
  }

  @Test
  void contractsMaximumHoldsForACallerWithALongOne() throws Exception {
    Probes probes = new Probes();
    try (Pair pair = Pair.of(probes)) {
      probes.onLook = this::endless;
      assertLate(() -> within(60_000, () -> pair.client.hurry(LookRequest.getDefaultInstance())));
      stopped.await();
      assertThat(seen.get()).isPositive().isLessThanOrEqualTo(Duration.ofMillis(500));
    }
  }

  @Test
  void nothingIsSentWhenNoTimeIsLeft() {
    Probes probes = new Probes();
    try (Pair pair = Pair.of(probes)) {
      assertLate(() -> within(0, () -> pair.client.look(LookRequest.getDefaultInstance())));
      assertThat(probes.looks).hasValue(0);
    }
  }

  @Test
  void whatArrivesTooLateIsRefusedBeforeTheHandler() {
    Probes probes = new Probes();
    try (Pair pair = Pair.of(probes, options -> options.withClock(new Leaping()), o -> o)) {
      assertLate(() -> pair.client.look(LookRequest.getDefaultInstance()));
      assertThat(probes.looks).hasValue(0);
    }
  }

  @Test
  void callerIsToldAtOnceWhileAStubbornHandlerGoesOn() {
    Probes probes = new Probes();
    CountDownLatch told = new CountDownLatch(1);
    AtomicBoolean outlived = new AtomicBoolean();
    try (Pair pair = Pair.of(probes)) {
      probes.onLook =
          request -> {
            while (told.getCount() > 0) {
              Thread.onSpinWait();
            }
            outlived.set(true);
            return LookResponse.getDefaultInstance();
          };
      assertLate(() -> within(200, () -> pair.client.look(LookRequest.getDefaultInstance())));
      assertThat(outlived).isFalse();
      told.countDown();
    }
  }

  @Test
  void marginIsAFewMillisecondsAndNeverMostOfALittleTime() {
    assertThat(ClientDeadline.margin(Duration.ofSeconds(2))).isEqualTo(Duration.ofMillis(5));
    assertThat(ClientDeadline.margin(Duration.ofMillis(20))).isEqualTo(Duration.ofMillis(1));
  }

  private LookResponse endless(LookRequest request) {
    seen.set(Context.current().deadline().orElseThrow().remaining());
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nobody counts down");
    } catch (InterruptedException e) {
      assertThat(Context.current().cancellation().cancelled()).isTrue();
      stopped.countDown();
      throw new IllegalStateException(e);
    }
  }

  private static void within(long millis, Runnable work) {
    Context.current()
        .withDeadline(Deadline.after(Duration.ofMillis(millis), Clock.SYSTEM))
        .run(work);
  }

  private static void assertLate(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
              assertThat(failure.details().decidedBy()).isEqualTo("deadline");
            });
  }

  /// Ten seconds pass between any two looks at it: every deadline has passed when it is checked.
  private static final class Leaping implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public long nanos() {
      return nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    }

    @Override
    public void sleep(Duration duration) {}
  }
}
