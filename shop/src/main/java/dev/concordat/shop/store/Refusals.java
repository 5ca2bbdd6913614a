package dev.concordat.shop.store;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.List;
import java.util.Locale;

/// The two ways the shop says no: what was named does not exist, or it is not in the state for
/// that.
public final class Refusals {
  private Refusals() {}

  /// What a field of the request names does not exist.
  ///
  /// @param field in the contract's names, for example `cart_id`
  public static Failure unknown(String field, String what, String id) {
    String message = "there is no " + what + " \"" + id + "\"";
    return Failure.notFound(message)
        .with(
            Failure.Details.NONE
                .withDecidedBy("handler")
                .withReason("UNKNOWN_" + field.toUpperCase(Locale.ROOT))
                .withViolations(List.of(new Violation(field, "exists", message))));
  }

  /// It exists, but this cannot be done with it now.
  ///
  /// @param reason for programs, for example `CART_ORDERED`
  public static Failure now(String reason, String message) {
    return Failure.of(Code.FAILED_PRECONDITION, message)
        .with(Failure.Details.NONE.withDecidedBy("handler").withReason(reason));
  }

  /// Whether a call failed for this reason.
  public static boolean is(Failure failure, String reason) {
    return failure.details().reason().equals(reason);
  }
}
