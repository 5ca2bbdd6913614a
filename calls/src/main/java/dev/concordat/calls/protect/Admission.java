package dev.concordat.calls.protect;

import java.time.Duration;

/// How many calls a server takes on at once; see [AdaptiveLimit].
///
/// @param floor the limit never falls below it; default 8
/// @param start the limit before anything was measured; default 64
/// @param ceiling the limit never rises above it, whatever the priority; default 1,000
/// @param tolerance how many times as long as without load calls may take before the limit falls;
///   default 1.5
/// @param window how often the limit is looked at; default 100 ms, longer while there are fewer
///   than 30 calls in it
/// @param measureAgain under load, how often it is measured anew how long calls take without it;
///   default 10 s
public record Admission(
    int floor, int start, int ceiling, double tolerance, Duration window, Duration measureAgain) {
  /// The defaults named above.
  public static final Admission DEFAULT =
      new Admission(8, 64, 1_000, 1.5, Duration.ofMillis(100), Duration.ofSeconds(10));

  /// Checks the bounds.
  public Admission {
    if (floor < 1 || start < floor || ceiling < start) {
      throw new IllegalArgumentException(
          "an admission needs 1 <= floor <= start <= ceiling, got floor %d, start %d, ceiling %d"
              .formatted(floor, start, ceiling));
    }
    if (tolerance < 1 || !window.isPositive() || !measureAgain.isPositive()) {
      throw new IllegalArgumentException(
          "an admission needs a tolerance of at least 1 and positive times, got %s, %s, %s"
              .formatted(tolerance, window, measureAgain));
    }
  }

  /// The same with another floor.
  public Admission withFloor(int floor) {
    return new Admission(floor, start, ceiling, tolerance, window, measureAgain);
  }

  /// The same with another beginning.
  public Admission withStart(int start) {
    return new Admission(floor, start, ceiling, tolerance, window, measureAgain);
  }

  /// The same with another ceiling; floor and start are lowered to it.
  public Admission withCeiling(int ceiling) {
    return new Admission(
        Math.min(floor, ceiling),
        Math.min(start, ceiling),
        ceiling,
        tolerance,
        window,
        measureAgain);
  }

  /// The same with another tolerance.
  public Admission withTolerance(double tolerance) {
    return new Admission(floor, start, ceiling, tolerance, window, measureAgain);
  }

  /// The same with another window.
  public Admission withWindow(Duration window) {
    return new Admission(floor, start, ceiling, tolerance, window, measureAgain);
  }

  /// The same measuring again after another time.
  public Admission withMeasureAgain(Duration measureAgain) {
    return new Admission(floor, start, ceiling, tolerance, window, measureAgain);
  }

  /// A limit that does not move, for tests and for who knows better.
  public static Admission fixed(int places) {
    return new Admission(
        places, places, places, DEFAULT.tolerance, DEFAULT.window, DEFAULT.measureAgain);
  }
}
