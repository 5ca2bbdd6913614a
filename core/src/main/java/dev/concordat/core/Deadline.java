package dev.concordat.core;

import java.time.Duration;

/// The one instant by which a whole conversation must end.
///
/// Held on the monotonic clock, so that a step of the wall clock does not move it; on the wire it
/// travels as the time that is left.
///
/// Durations longer than a hundred years are cut to that.
///
/// @param clock the clock that the instant belongs to
/// @param atNanos the instant, in [Clock#nanos()]
public record Deadline(Clock clock, long atNanos) {
  /// The deadline this far from now; one that has passed when the duration is not positive.
  public static Deadline after(Duration duration, Clock clock) {
    return new Deadline(clock, clock.nanos() + Nanos.of(duration));
  }

  /// Time left; zero when it has passed, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, left()));
  }

  /// Whether it has passed.
  public boolean expired() {
    return left() <= 0;
  }

  /// The earlier of the two; this one when they are the same.
  public Deadline earlier(Deadline other) {
    return left() <= other.left() ? this : other;
  }

  /// The same deadline, less a margin for the way back.
  public Deadline minus(Duration margin) {
    return new Deadline(clock, atNanos - Nanos.of(margin));
  }

  @Override
  public String toString() {
    return "Deadline[in " + remaining().toMillis() + " ms]";
  }

  // A difference, because Clock.nanos() may wrap around.
  private long left() {
    return atNanos - clock.nanos();
  }
}
