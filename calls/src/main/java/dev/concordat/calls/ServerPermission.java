package dev.concordat.calls;

import dev.concordat.contract.CallPolicy;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.List;

/// Lets in whom the contract names in `allow.callers`. A method that names nobody is open to every
/// service, and a public one to everybody, since the edge calls it in anybody's name.
final class ServerPermission implements ServerStep {
  private static final String EVERY_SERVICE = "*";

  private final ServerStep next;

  ServerPermission(ServerStep next) {
    this.next = next;
  }

  @Override
  public void serve(ArrivedCall call) {
    String caller = call.context().caller().orElse("");
    if (!allowed(call.method().policy(), caller)) {
      throw Failure.of(
              Code.PERMISSION_DENIED,
              caller.isEmpty()
                  ? call.method() + " is only for named callers; this call says no caller's name"
                  : caller + " may not call " + call.method() + ": its contract does not allow it")
          .with(Failure.Details.NONE.withDecidedBy("permission").withReason("CALLER_NOT_ALLOWED"));
    }
    next.serve(call);
  }

  private static boolean allowed(CallPolicy policy, String caller) {
    List<String> callers = policy.callers();
    return policy.exposedPublicly()
        || callers.isEmpty()
        || callers.contains(caller)
        || (callers.contains(EVERY_SERVICE) && !caller.isEmpty());
  }
}
