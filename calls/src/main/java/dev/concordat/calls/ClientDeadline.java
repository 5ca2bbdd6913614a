package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.CallPolicy;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.time.Duration;

/// Gives the call the time it may take: the caller's own deadline if there is one, else the
/// contract's; never more than the contract's maximum; less a margin, so that the answer "too late"
/// still reaches the one who asked in time.
///
/// Also makes the call ours: the caller's name is this service's, and this is the first attempt of
/// this hop, whatever the attempt was in which we were called.
final class ClientDeadline implements ClientStep {
  private static final Duration MARGIN = Duration.ofMillis(5);
  private static final int MARGIN_SHARE = 20;

  private final ClientStep next;
  private final Clock clock;
  private final String caller;

  ClientDeadline(ClientStep next, Clock clock, String caller) {
    this.next = next;
    this.clock = clock;
    this.caller = caller;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Context context = call.context();
    context
        .cancellation()
        .reason()
        .ifPresent(reason -> {
          throw reason.here();
        });
    CallPolicy policy = call.method().policy();
    Duration left = left(context, policy);
    call.trail().deadline(left.toNanos());
    if (left.isZero()) {
      throw Failure.of(
              Code.DEADLINE_EXCEEDED,
              "no time was left to call " + call.method() + ": the deadline has passed")
          .with(Failure.Details.NONE.withDecidedBy("deadline"));
    }
    return next.open(
        call.with(
            context
                .withDeadline(Deadline.after(left.minus(margin(left)), clock))
                .withCaller(caller)
                .withAttempt(1)));
  }

  private static Duration left(Context context, CallPolicy policy) {
    return context
        .deadline()
        .map(Deadline::remaining)
        .map(own -> own.compareTo(policy.maxDeadline()) < 0 ? own : policy.maxDeadline())
        .orElseGet(policy::deadline);
  }

  static Duration margin(Duration left) {
    Duration share = Duration.ofNanos(left.toNanos() / MARGIN_SHARE);
    return share.compareTo(MARGIN) < 0 ? share : MARGIN;
  }
}
