package dev.concordat.core;

import java.time.Duration;

/// The one instant by which a whole conversation must end.
///
/// Held on the monotonic clock, so that a step of the wall clock does not move it; on the wire it
/// travels as the time that is left.
///
/// @param clock the clock that the instant belongs to
/// @param atNanos the instant, in [Clock#nanos()]
public record Deadline(Clock clock, long atNanos) {
  /// The deadline this far from now. Longer than a hundred years is cut to that.
  public static Deadline after(Duration duration, Clock clock) {
    long nanos =
        duration.compareTo(Duration.ofDays(36_500)) > 0
            ? Duration.ofDays(36_500).toNanos()
            : duration.toNanos();
    return new Deadline(clock, clock.nanos() + nanos);
  }

  /// Time left; zero when it has passed, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, atNanos - clock.nanos()));
  }

  /// Whether it has passed.
  public boolean expired() {
    return atNanos - clock.nanos() <= 0;
  }

  /// The earlier of the two.
  public Deadline earlier(Deadline other) {
    return remaining().compareTo(other.remaining()) <= 0 ? this : other;
  }

  /// The same deadline, less a margin for the way back.
  public Deadline minus(Duration margin) {
    return new Deadline(clock, atNanos - margin.toNanos());
  }
}
