package dev.concordat.calls;

import dev.concordat.calls.retry.Retries;
import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.contract.Safety;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// One call and the attempts that it takes.
final class Tries implements OngoingCall {
  private final OutgoingCall call;
  private final ClientStep next;
  private final ClientRetry step;
  private final Optional<Duration> hedgeAfter;
  private final boolean repeatable;
  private final AtomicInteger made = new AtomicInteger();
  private boolean answered;
  private volatile OngoingCall current = Unopened.INSTANCE;
  private volatile boolean closed;

  Tries(OutgoingCall call, ClientStep next, ClientRetry step) {
    this.next = next;
    this.step = step;
    Optional<Duration> delay = call.method().policy().repeat().hedgeAfter();
    // Extra load is added at one hop: at the first that hedges.
    boolean below = call.context().hedged();
    this.repeatable =
        !below
            && (call.method().policy().safety() != Safety.UNSAFE
                || call.context().idempotencyKey().isPresent());
    boolean first = delay.isPresent() && !below;
    // Said below even while there is nobody else to ask here: a call that this hop does not hedge
    // and one that it does would otherwise be repeated at two hops, out of two budgets.
    this.call = first ? call.with(call.context().withHedged(true)) : call;
    this.hedgeAfter = first && step.hasOthers() ? delay : Optional.empty();
  }

  /// Opens attempts until one has begun.
  ///
  /// @param pause what was waited before the first of them
  void begin(Duration pause) {
    Duration waited = pause;
    while (true) {
      current = Unopened.INSTANCE;
      try {
        current = attempt(false, waited);
        if (hedgeAfter.isPresent()) {
          Race race = new Race(current, step.options().clock(), this::hedge);
          current = race;
          race.begin(hedgeAfter.orElseThrow(), step.threads());
        }
        if (closed) {
          current.close();
        }
        current.begun();
        return;
      } catch (Failure failure) {
        waited = waitOrThrow(failure);
      }
    }
  }

  /// Another attempt beside the one that is under way, if that is allowed.
  private Optional<OngoingCall> hedge() {
    boolean allowed =
        RetryDecision.hedges(made.get(), retries(), call.deadline().remaining(), this::granted);
    if (!allowed) {
      return Optional.empty();
    }
    step.options()
        .observer()
        .count("concordat.hedges", 1, Map.of("rpc.method", call.method().fullName()));
    call.context()
        .observation()
        .event("concordat.hedge", Map.of("after_ms", hedgeAfter.orElseThrow().toMillis() + ""));
    return Optional.of(attempt(true, hedgeAfter.orElseThrow()));
  }

  private OngoingCall attempt(boolean hedge, Duration waited) {
    int number = made.incrementAndGet();
    call.trail().begin(number, hedge, waited.toNanos(), step.options().clock().nanos());
    Context context = call.context();
    return next.open(
        number == 1
            ? call
            : call.with(context.withAttempt(number).withPriority(context.priority().lower())));
  }

  private Retries retries() {
    return step.options().resilience().retries();
  }

  private Duration waitOrThrow(Failure failure) {
    Reach reach = current.reach();
    current.close();
    var attempt =
        new RetryDecision.Attempt(
            failure, made.get(), reach, repeatable, call.deadline().remaining());
    return switch (RetryDecision.after(
        attempt, retries(), this::granted, step.options().resilience().random())) {
      case RetryDecision.GiveUp(Failure told) -> throw told;
      case RetryDecision.Again(Duration pause) -> {
        note(failure, pause);
        sleep(pause, failure);
        yield pause;
      }
    };
  }

  private boolean granted() {
    boolean granted = step.budget().take();
    call.trail().budget(granted, step.budget().left());
    return granted;
  }

  private void note(Failure failure, Duration wait) {
    step.options()
        .observer()
        .count("concordat.retries", 1, Map.of("rpc.method", call.method().fullName()));
    call.context()
        .observation()
        .event(
            "concordat.retry",
            Map.of(
                "attempt", Integer.toString(made.get()),
                "code", failure.code().name(),
                "wait_ms", Long.toString(wait.toMillis())));
  }

  private void sleep(Duration wait, Failure failure) {
    try {
      step.options().clock().sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw call.context()
          .cancellation()
          .reason()
          .orElseGet(
              () -> Failure.of(Code.CANCELLED, "interrupted while waiting to retry", failure));
    }
  }

  @Override
  public Optional<byte[]> next() {
    while (true) {
      try {
        Optional<byte[]> message = current.next();
        answered = true;
        return message;
      } catch (Failure failure) {
        if (answered || call.method().descriptor().isClientStreaming()) {
          throw failure;
        }
        begin(waitOrThrow(failure));
      }
    }
  }

  @Override
  public void begun() {
    // Each attempt was waited for.
  }

  @Override
  public void send(byte[] message) {
    current.send(message);
  }

  @Override
  public void finish() {
    current.finish();
  }

  @Override
  public Reach reach() {
    return current.reach();
  }

  @Override
  public boolean replayed() {
    return current.replayed();
  }

  @Override
  public void close() {
    closed = true;
    current.close();
  }

  /// An attempt that failed before there was a call, for example because no instance was known.
  private enum Unopened implements OngoingCall {
    INSTANCE;

    @Override
    public void begun() {}

    @Override
    public void send(byte[] message) {}

    @Override
    public void finish() {}

    @Override
    public Optional<byte[]> next() {
      return Optional.empty();
    }

    @Override
    public Reach reach() {
      return Reach.NOWHERE;
    }

    @Override
    public boolean replayed() {
      return false;
    }

    @Override
    public void close() {}
  }
}
