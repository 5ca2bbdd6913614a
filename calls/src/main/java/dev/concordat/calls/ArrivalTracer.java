package dev.concordat.calls;

import dev.concordat.calls.grpc.MetadataCarrier;
import dev.concordat.contract.CallPolicy;
import dev.concordat.core.Clock;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.time.Duration;
import java.util.Map;

/// Decides a call's deadline at the moment of its arrival: what the caller asks for, the contract's
/// default without that, its maximum at most.
///
/// It is also written back into `grpc-timeout`, with some overtime, before grpc reads that header:
/// so grpc's own context has a deadline too, for plain grpc stubs in a handler, and grpc's timer
/// (which resets the stream without a word) rings only if ours (which says why) has not.
final class ArrivalTracer extends ServerStreamTracer.Factory {
  /// The deadline, in grpc's context.
  static final Context.Key<Deadline> DEADLINE = Context.key("concordat-deadline");

  private static final Duration OVERTIME = Duration.ofMillis(250);
  private static final Metadata.Key<String> TIMEOUT = MetadataCarrier.key(ContextCodec.TIMEOUT);

  private final Map<String, CallPolicy> policies;
  private final Clock clock;

  ArrivalTracer(Map<String, CallPolicy> policies, Clock clock) {
    this.policies = policies;
    this.clock = clock;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    CallPolicy policy = policies.get(fullMethodName);
    if (policy == null) {
      return new ServerStreamTracer() {};
    }
    String asked = headers.get(TIMEOUT);
    Duration left =
        ContextCodec.parseTimeout(asked == null ? "" : asked)
            .map(time -> time.compareTo(policy.maxDeadline()) < 0 ? time : policy.maxDeadline())
            .orElse(policy.deadline());
    Deadline deadline = Deadline.after(left, clock);
    headers.discardAll(TIMEOUT);
    headers.put(TIMEOUT, ContextCodec.formatTimeout(left.plus(OVERTIME)));
    return new ServerStreamTracer() {
      @Override
      public Context filterContext(Context context) {
        return context.withValue(DEADLINE, deadline);
      }
    };
  }
}
