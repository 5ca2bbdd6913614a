package dev.concordat.contract;

/// How many messages go each way.
public enum Shape {
  /// One and one.
  UNARY,
  /// One up, many down.
  SERVER_STREAMING,
  /// Many up, one down.
  CLIENT_STREAMING,
  /// Many and many.
  BIDIRECTIONAL
}
