package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.List;

/// Requests that the edge itself refuses.
final class Refused {
  private Refused() {}

  static Failure header(String name, String reason, String expected) {
    return Failure.of(Code.INVALID_ARGUMENT, name + ": " + expected)
        .with(
            Failure.Details.NONE
                .withDecidedBy("edge")
                .withReason(reason)
                .withViolations(List.of(new Violation(name, "header", expected))));
  }
}
