package dev.concordat.core;

/// What is shed first when a service is overloaded: the lowest.
public enum Priority {
  /// Can wait or be dropped; also every attempt after the first.
  LOW,
  /// The default.
  NORMAL,
  /// A person waits for it, or money depends on it.
  HIGH;

  /// One step less important.
  public Priority lower() {
    return this == HIGH ? NORMAL : LOW;
  }
}
