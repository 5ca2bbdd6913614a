package dev.concordat.events;

/// Thrown by a handler: what it needs is down, for every message alike. The subscription waits and
/// tries the same message again; no try is counted.
public final class Pause extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Pause(String reason) {
    super(reason);
  }

  /// Not now, because of this.
  public static Pause because(String reason) {
    return new Pause(reason);
  }
}
