package dev.concordat.calls.rest;

/// How a company spells JSON. Reading needs no choice: both spellings of a name are understood, and
/// fields that the contract does not name are passed over.
///
/// Source: [ProtoJSON](https://protobuf.dev/programming-guides/json/).
///
/// @param contractNames whether fields are called as in the contract (`order_id`) instead of
///   lowerCamelCase (`orderId`); a single field is renamed by `json_name` in the contract
/// @param zeros whether fields that hold their default are written too
public record JsonStyle(boolean contractNames, boolean zeros) {
  /// Protobuf's own: lowerCamelCase, defaults left out.
  public static final JsonStyle CANONICAL = new JsonStyle(false, false);

  /// Names as in the contract, defaults left out.
  public static final JsonStyle CONTRACT = new JsonStyle(true, false);

  /// The same with or without what holds its default.
  public JsonStyle withZeros(boolean zeros) {
    return new JsonStyle(contractNames, zeros);
  }
}
