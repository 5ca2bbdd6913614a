package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;

/// An answer of a service that is no message of its contract: the service's fault, not the
/// caller's.
final class Undecodable {
  private Undecodable() {}

  static Failure because(String what) {
    return Failure.of(Code.INTERNAL, "the service's answer cannot be read: " + what)
        .with(Failure.Details.NONE.withDecidedBy("edge").withReason("ANSWER_UNREADABLE"));
  }
}
