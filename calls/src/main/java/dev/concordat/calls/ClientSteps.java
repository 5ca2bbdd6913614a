package dev.concordat.calls;

import dev.concordat.calls.record.Records;
import dev.concordat.calls.retry.RetryBudget;
import dev.concordat.core.Background;

/// How a call goes out, top to bottom:
///
/// | step | decides |
/// |---|---|
/// | record | nothing: it keeps what the others have decided |
/// | deadline | how long it may take; nothing is sent when no time is left |
/// | identity | whose token it carries |
/// | key | whether it has a name under which the callee remembers it |
/// | coalesce | whether it joins a call that asks the same and is under way |
/// | retry | whether it is tried again, or a slow instance hedged, within the target's budget |
/// | trace | one observation for each attempt |
/// | pick | which instance is asked |
/// | wire | gRPC, or another [dev.concordat.calls.wire.Transport] |
///
/// Retry stands outside of trace and pick, so that every attempt is seen and can go elsewhere. It
/// stands inside of deadline and key, so that all attempts share both. Coalesce stands outside of
/// retry, so that those who share a call share its attempts too.
final class ClientSteps {
  private ClientSteps() {}

  static ClientStep compose(
      CallsOptions options, Target target, Records records, Background threads) {
    ClientStep step = new ClientPick(target);
    step = new ClientTrace(step, options.observer(), options.clock(), target.service());
    step =
        new ClientRetry(
            step,
            options,
            new RetryBudget(options.resilience().retries(), options.clock()),
            target::hasOthers,
            threads);
    step = new ClientCoalesce(step, options, threads);
    step = new ClientKey(step, options.limits());
    step = new ClientIdentity(step, options.asker());
    step = new ClientDeadline(step, options.clock(), options.caller());
    step = new ClientRecord(step, records, options.clock());
    return step;
  }
}
