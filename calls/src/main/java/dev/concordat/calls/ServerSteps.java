package dev.concordat.calls;

/// How a call reaches its handler, top to bottom:
///
/// | step | refuses with |
/// |---|---|
/// | wire | `INVALID_ARGUMENT` what is no message, `RESOURCE_EXHAUSTED` what is too large |
/// | trace | nothing: one observation for each call |
/// | deadline | `DEADLINE_EXCEEDED` what arrives too late |
/// | identity | nothing yet: who calls |
/// | permission | `PERMISSION_DENIED` whom the contract does not name |
/// | admission | `RESOURCE_EXHAUSTED` what is more than can be worked on |
/// | validate | `INVALID_ARGUMENT` what breaks a rule of the contract, every field named |
/// | replay | answers again what was answered to this idempotency key |
/// | handler | what the service says; `INTERNAL` for exceptions |
///
/// Trace stands outermost, so that refusals are seen too: "why was I refused" is asked more often
/// than anything else. Permission stands before admission, so that strangers cannot use up the
/// places; validate stands behind it, since it costs more than all steps before it together.
final class ServerSteps {
  private ServerSteps() {}

  static ServerStep compose(ServerOptions options, Validation validation) {
    ServerStep step = new ServerHandler();
    step = new ServerReplay(step, options.idempotency(), options.limits(), options.clock());
    step = new ServerValidate(step, validation);
    step = new ServerAdmission(step, options.limits().concurrentCalls());
    step = new ServerPermission(step);
    step = new ServerIdentity(step);
    step = new ServerDeadline(step);
    step = new ServerTrace(step, options.observer(), options.clock(), options.service());
    return step;
  }
}
