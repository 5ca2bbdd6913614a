package dev.concordat.events;

import java.time.Duration;

/// Thrown by a handler: this message again, after this time; its key waits, no other does.
public final class Retry extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration delay;

  private Retry(Duration delay) {
    super("again after " + delay);
    this.delay = delay;
  }

  /// Again after this time.
  public static Retry after(Duration delay) {
    return new Retry(delay);
  }

  /// How long to wait.
  public Duration delay() {
    return delay;
  }
}
