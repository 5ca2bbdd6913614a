package dev.concordat.calls;

import dev.concordat.contract.Allow;
import dev.concordat.contract.CallPolicy;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Subject;
import java.util.Set;

/// Lets in whom the contract names: the calling service in `allow.callers`, and the one for whom it
/// calls by the scopes in `allow.scopes`. A method that names neither is closed, unless it is
/// public: then every caller may, since through the edge everybody can. Scopes hold for public
/// methods too.
final class ServerPermission implements ServerStep {
  private final ServerStep next;

  ServerPermission(ServerStep next) {
    this.next = next;
  }

  @Override
  public void serve(ArrivedCall call) {
    CallPolicy policy = call.method().policy();
    Context context = call.context();
    if (!policy.exposedPublicly()) {
      requireCaller(call, policy.allow(), context.caller().orElse(""));
    }
    if (!policy.allow().scopes().isEmpty()) {
      requireScopes(call, policy.allow(), context);
    }
    next.serve(call);
  }

  private static void requireCaller(ArrivedCall call, Allow allow, String caller) {
    if (allow.nobody()) {
      throw refused(
          Code.PERMISSION_DENIED,
          "METHOD_CLOSED",
          call.method() + " is closed: its contract names nobody in allow, and it is not public");
    }
    if (!allow.caller(caller)) {
      throw refused(
          Code.PERMISSION_DENIED,
          "CALLER_NOT_ALLOWED",
          caller.isEmpty()
              ? call.method() + " is only for named callers; this call says no caller's name"
              : caller + " may not call " + call.method() + ": its contract does not allow it");
    }
  }

  private static void requireScopes(ArrivedCall call, Allow allow, Context context) {
    Set<String> held =
        context
            .subject()
            .map(Subject::scopes)
            .orElseThrow(() ->
                refused(
                    Code.UNAUTHENTICATED,
                    "TOKEN_MISSING",
                    call.method() + " asks for a token with " + allow.scopes()));
    if (!held.containsAll(allow.scopes())) {
      throw refused(
          Code.PERMISSION_DENIED,
          "SCOPE_MISSING",
          call.method() + " asks for all of " + allow.scopes() + ", the token holds fewer");
    }
  }

  private static Failure refused(Code code, String reason, String message) {
    return Failure.of(code, message)
        .with(Failure.Details.NONE.withDecidedBy("permission").withReason(reason));
  }
}
