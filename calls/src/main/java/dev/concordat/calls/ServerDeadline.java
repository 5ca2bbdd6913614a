package dev.concordat.calls;

import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;

/// Refuses what arrives when its deadline has passed: nobody waits for the answer, and doing the
/// work would take the time of those that can still be helped. How the deadline is found, and what
/// happens when it passes while the handler works: [ArrivalTracer] and [ServingCall].
final class ServerDeadline {
  private ServerDeadline() {}

  static void check(Context context) {
    if (context.deadline().orElseThrow().expired()) {
      throw passed("the call arrived after its deadline and was not begun");
    }
  }

  static Failure passed(String message) {
    return Failure.of(Code.DEADLINE_EXCEEDED, message)
        .with(Failure.Details.NONE.withDecidedBy("deadline"));
  }
}
