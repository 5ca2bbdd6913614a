package dev.concordat.core;

/// One thing that is wrong with a request.
///
/// @param field path of the field in the contract's names, for example `items[2].quantity`; empty
///   when the request as a whole is meant
/// @param rule name of the broken rule, for example `int32.gt`; empty when it has no name
/// @param description what was expected, for the person who sent it
public record Violation(String field, String rule, String description) {
  /// Field and description in one line.
  String text() {
    return field.isEmpty() ? description : field + ": " + description;
  }
}
