package dev.concordat.calls.wire;

/// How far an attempt has come, at most.
public enum Reach {
  /// It never left this process: nobody was there, or nobody was known.
  NOWHERE,
  /// The callee refused it before any work was begun.
  DOOR,
  /// The callee may have done the work.
  HANDLER
}
