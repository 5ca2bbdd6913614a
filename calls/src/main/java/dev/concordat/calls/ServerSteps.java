package dev.concordat.calls;

/// How a call reaches its handler, top to bottom:
///
/// | step | refuses with |
/// |---|---|
/// | wire | `INVALID_ARGUMENT` what is no message, `RESOURCE_EXHAUSTED` what is too large |
/// | door: deadline | `DEADLINE_EXCEEDED` what arrives too late |
/// | door: admission | `RESOURCE_EXHAUSTED` what is more than can be worked on |
/// | trace | nothing: one observation for each call |
/// | identity | `UNAUTHENTICATED`, `PERMISSION_DENIED` who is not whom it says it is |
/// | permission | `PERMISSION_DENIED` whom the contract does not name |
/// | validate | `INVALID_ARGUMENT` what breaks a rule of the contract, every field named |
/// | replay | answers again what was answered to this idempotency key |
/// | handler | what the service says; `INTERNAL` for exceptions |
///
/// The door ([ServerDoor]) stands before the call has a thread and before its message is parsed: a
/// service that has too much to do must not spend its time on refusing. Trace stands outermost of
/// what follows, and the door's refusals are traced too: "why was I refused" is asked more often
/// than anything else. Validate costs more than all steps before it together and stands behind
/// them.
final class ServerSteps {
  private ServerSteps() {}

  static ServerStep compose(ServerOptions options, Validation validation) {
    ServerStep step = new ServerHandler();
    step = new ServerReplay(step, options.idempotency(), options.limits(), options.clock());
    step = new ServerValidate(step, validation);
    step = new ServerPermission(step);
    step = new ServerIdentity(step, options.listen().proof());
    step = new ServerTrace(step, options.observer(), options.clock(), options.service());
    return step;
  }
}
