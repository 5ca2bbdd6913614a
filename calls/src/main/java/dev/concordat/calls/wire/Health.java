package dev.concordat.calls.wire;

/// What an instance says of itself when it is asked whether it takes calls.
public enum Health {
  /// It takes calls.
  SERVING,
  /// It is there and wants no calls.
  NOT_SERVING,
  /// Nobody answered in time.
  UNREACHABLE
}
