package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ContextTest {
  private final ManualClock clock = new ManualClock();

  @Test
  void outsideOfAnyConversationNothingIsKnown() {
    Context context = Context.current();

    assertThat(context).isSameAs(Context.root());
    assertThat(context.deadline()).isEmpty();
    assertThat(context.caller()).isEmpty();
    assertThat(context.service()).isEmpty();
    assertThat(context.idempotencyKey()).isEmpty();
    assertThat(context.trace()).isEmpty();
    assertThat(context.baggage()).isEmpty();
    assertThat(context.attempt()).isEqualTo(1);
    assertThat(context.priority()).isEqualTo(Priority.NORMAL);
    assertThat(context.cancellation()).isSameAs(Cancellation.never());
    assertThat(context.observation()).isSameAs(Observation.NONE);
  }

  @Test
  void isThereInsideAndGoneAfter() {
    Context outer = Context.root().withCaller("cart");
    Context inner = outer.withCaller("orders");

    outer.run(() -> {
      assertThat(inner.<Context, RuntimeException>call(Context::current)).isSameAs(inner);
      assertThat(Context.current()).isSameAs(outer);
    });

    assertThat(Context.current()).isSameAs(Context.root());
  }

  @Test
  void isGoneAlsoAfterAnException() {
    Context context = Context.root().withCaller("cart");

    assertThatThrownBy(() ->
            context.run(() -> {
              throw Failure.notFound("no such cart");
            }))
        .isInstanceOf(Failure.class);

    assertThat(Context.current()).isSameAs(Context.root());
  }

  @Test
  void everyWithGivesACopyAndLeavesTheFirstAlone() {
    Context first = full();

    Context second =
        first
            .withDeadline(Deadline.after(Duration.ofMillis(1), clock))
            .withCaller("edge")
            .withService("stock")
            .withPriority(Priority.LOW)
            .withoutIdempotencyKey()
            .withAttempt(7)
            .withTrace(new TraceContext("b".repeat(32), "c".repeat(16), false, ""))
            .withBaggage(Map.of())
            .withCancellation(Cancellation.never());

    assertThat(first).usingRecursiveComparison().isEqualTo(full());
    assertThat(second.caller()).contains("edge");
    assertThat(second.service()).contains("stock");
    assertThat(second.priority()).isEqualTo(Priority.LOW);
    assertThat(second.idempotencyKey()).isEmpty();
    assertThat(second.attempt()).isEqualTo(7);
    assertThat(second.baggage()).isEmpty();
  }

  @Test
  void baggageIsCopiedAndCannotBeChanged() {
    Map<String, String> given = new HashMap<>(Map.of("tenant", "acme"));
    Context context = Context.root().withBaggage(given);

    given.put("tenant", "other");

    assertThat(context.baggage()).containsExactly(Map.entry("tenant", "acme"));
    assertThatThrownBy(() -> context.baggage().put("a", "b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aDeadlineIsOnlyEverMovedNearer() {
    Context context = Context.root().withDeadline(Deadline.after(Duration.ofSeconds(2), clock));

    assertThat(remaining(context.withDeadline(Deadline.after(Duration.ofSeconds(9), clock))))
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(remaining(context.withDeadline(Deadline.after(Duration.ofSeconds(1), clock))))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void otherThreadsDoNotInheritIt() throws Exception {
    AtomicReference<Context> seen = new AtomicReference<>();
    full().call(() -> join(Thread.ofVirtual().start(() -> seen.set(Context.current()))));

    assertThat(seen.get()).isSameAs(Context.root());
  }

  @Test
  void wrappedWorkTakesItAlong() throws Exception {
    AtomicReference<Context> seen = new AtomicReference<>();
    Context context = full();
    Runnable runnable =
        context.call(() -> Context.wrap((Runnable) () -> seen.set(Context.current())));
    join(Thread.ofVirtual().start(runnable));

    assertThat(seen.get()).isSameAs(context);
    assertThat(context.call(() -> Context.wrap(Context::current)).call()).isSameAs(context);
  }

  @Test
  void detachedWorkKeepsTheTraceAndLosesWhoWaits() {
    Context context = full().withCancellation(Cancellation.create());
    Deadline own = Deadline.after(Duration.ofMinutes(10), clock);

    Context detached =
        context.<Context, RuntimeException>call(() -> Context.detached("undo the charge", own));
    context.cancellation().cancel(Failure.of(Code.CANCELLED, "gone"));

    assertThat(detached.cancellation().cancelled()).isFalse();
    assertThat(detached.deadline()).contains(own);
    assertThat(detached.idempotencyKey()).isEmpty();
    assertThat(detached.attempt()).isEqualTo(1);
    assertThat(detached.trace()).isEqualTo(context.trace());
    assertThat(detached.baggage()).isEqualTo(context.baggage());
    assertThat(detached.service()).isEqualTo(context.service());
  }

  @Test
  void detachingIsSaidInTheTrace() {
    Recording observation = new Recording();
    Context.root()
        .withObservation(observation)
        .run(() -> Context.detached("undo", Deadline.after(Duration.ofSeconds(1), clock)));

    assertThat(observation.events).containsExactly("concordat.detached {reason=undo}");
  }

  @Test
  void checkThrowsOnceTheDeadlineHasPassed() {
    Context context = Context.root().withDeadline(Deadline.after(Duration.ofSeconds(1), clock));
    context.check();

    clock.advance(Duration.ofSeconds(1));

    assertThatThrownBy(context::check)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
              assertThat(failure.details().decidedBy()).isEqualTo("deadline");
            });
  }

  @Test
  void checkThrowsTheReasonOfTheCancellationAsMetHere() {
    Failure reason = Failure.of(Code.CANCELLED, "the caller hung up");
    Cancellation cancellation = Cancellation.create();
    Context context = Context.root().withCancellation(cancellation);
    context.check();

    cancellation.cancel(reason);

    assertThatThrownBy(context::check)
        .isNotSameAs(reason)
        .hasCause(reason)
        .hasMessage("the caller hung up");
  }

  @Test
  void attemptsAreCountedFromOne() {
    assertThatThrownBy(() -> Context.root().withAttempt(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void textHasNoBaggage() {
    assertThat(full()).asString().contains("orders", "cart").doesNotContain("acme");
  }

  private Context full() {
    return Context.root()
        .withDeadline(new Deadline(clock, 5_000_000_000L))
        .withCaller("cart")
        .withService("orders")
        .withPriority(Priority.HIGH)
        .withIdempotencyKey("k-1")
        .withAttempt(2)
        .withTrace(new TraceContext("a".repeat(32), "b".repeat(16), true, "v=1"))
        .withBaggage(Map.of("tenant", "acme"));
  }

  private static Duration remaining(Context context) {
    return context.deadline().orElseThrow().remaining();
  }

  private static boolean join(Thread thread) throws InterruptedException {
    return thread.join(Duration.ofSeconds(30));
  }
}
