package dev.concordat.events;

/// Thrown by a handler: this message can never be handled; it becomes a dead letter with the
/// reason.
public final class Dead extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Dead(String reason) {
    super(reason);
  }

  /// Given up, because of this.
  public static Dead because(String reason) {
    return new Dead(reason);
  }
}
