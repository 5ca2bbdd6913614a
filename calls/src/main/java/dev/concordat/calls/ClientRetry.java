package dev.concordat.calls;

import dev.concordat.calls.retry.RetryBudget;
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

/// Tries again what may be tried again, until the first message has come back; see [RetryDecision].
/// Methods that take a stream are tried again only while nothing was sent.
final class ClientRetry implements ClientStep {
  private final ClientStep next;
  private final CallsOptions options;
  private final RetryBudget budget;

  ClientRetry(ClientStep next, CallsOptions options, RetryBudget budget) {
    this.next = next;
    this.options = options;
    this.budget = budget;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    budget.call();
    Tries tries = new Tries(call);
    tries.begin(Duration.ZERO);
    return tries;
  }

  private final class Tries implements OngoingCall {
    private final OutgoingCall call;
    private int made;
    private boolean answered;
    private volatile OngoingCall current = Unopened.INSTANCE;
    private volatile boolean closed;

    Tries(OutgoingCall call) {
      this.call = call;
    }

    /// Opens attempts until one has begun.
    ///
    /// @param pause what was waited before the first of them
    void begin(Duration pause) {
      Duration waited = pause;
      while (true) {
        made++;
        current = Unopened.INSTANCE;
        call.trail().begin(made, false, waited.toNanos(), options.clock().nanos());
        try {
          current = next.open(call.with(attempt()));
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

    private Context attempt() {
      Context context = call.context();
      return made == 1
          ? context
          : context.withAttempt(made).withPriority(context.priority().lower());
    }

    private Duration waitOrThrow(Failure failure) {
      Reach reach = current.reach();
      current.close();
      boolean repeatable =
          call.method().policy().safety() != Safety.UNSAFE
              || call.context().idempotencyKey().isPresent();
      var attempt =
          new RetryDecision.Attempt(failure, made, reach, repeatable, call.deadline().remaining());
      return switch (RetryDecision.after(
          attempt, options.resilience().retries(), this::granted, options.resilience().random())) {
        case RetryDecision.GiveUp(Failure told) -> throw told;
        case RetryDecision.Again(Duration pause) -> {
          note(failure, pause);
          sleep(pause, failure);
          yield pause;
        }
      };
    }

    private boolean granted() {
      boolean granted = budget.take();
      call.trail().budget(granted, budget.left());
      return granted;
    }

    private void note(Failure failure, Duration wait) {
      options
          .observer()
          .count("concordat.retries", 1, Map.of("rpc.method", call.method().fullName()));
      call.context()
          .observation()
          .event(
              "concordat.retry",
              Map.of(
                  "attempt", Integer.toString(made),
                  "code", failure.code().name(),
                  "wait_ms", Long.toString(wait.toMillis())));
    }

    private void sleep(Duration wait, Failure failure) {
      try {
        options.clock().sleep(wait);
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
