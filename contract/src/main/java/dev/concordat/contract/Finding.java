package dev.concordat.contract;

import java.util.Comparator;

/// A rule that a contract breaks.
///
/// @param rule its name, for example `call-has-deadline`
/// @param where the place in the contract
/// @param message what is wrong
/// @param remedy what to do
public record Finding(String rule, Place where, String message, String remedy)
    implements Comparable<Finding> {
  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::where)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::message);

  @Override
  public int compareTo(Finding other) {
    return ORDER.compare(this, other);
  }

  /// `shop/orders/v1/orders.proto:14:3: call-has-deadline: what is wrong; what to do`.
  @Override
  public String toString() {
    return where + ": " + rule + ": " + message + "; " + remedy;
  }
}
