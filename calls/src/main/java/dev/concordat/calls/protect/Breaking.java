package dev.concordat.calls.protect;

import java.time.Duration;

/// When an instance that fails is left alone, and for how long.
///
/// Source: Envoy's outlier detection (5 in a row, 300 s at most; its first pause is 30 s, which
/// suits hosts that come back with a full load and not by trials).
///
/// @param consecutive failures in a row that are enough; default 5
/// @param share failures per call over the last 10 s that are enough; default 0.5
/// @param volume calls within those 10 s below which the share says nothing; default 20
/// @param pause how long it is left alone the first time, and twice as long each further time;
///   default 5 s
/// @param longest how long it is left alone at most; default 5 min
/// @param trials calls that must go well, one at a time, before it is trusted again; default 3
public record Breaking(
    int consecutive, double share, int volume, Duration pause, Duration longest, int trials) {
  /// The defaults named above.
  public static final Breaking DEFAULT =
      new Breaking(5, 0.5, 20, Duration.ofSeconds(5), Duration.ofMinutes(5), 3);

  /// Checks the bounds.
  public Breaking {
    if (consecutive < 1 || share <= 0 || share > 1 || volume < 1 || trials < 1) {
      throw new IllegalArgumentException(
          ("breaking needs consecutive, volume and trials >= 1 and 0 < share <= 1,"
                  + " got %d, %d, %d and %s")
              .formatted(consecutive, volume, trials, share));
    }
    if (!pause.isPositive() || longest.compareTo(pause) < 0) {
      throw new IllegalArgumentException(
          "breaking needs 0 < pause <= longest, got " + pause + " and " + longest);
    }
  }

  /// The same with another number of failures in a row.
  public Breaking withConsecutive(int consecutive) {
    return new Breaking(consecutive, share, volume, pause, longest, trials);
  }

  /// The same with another share of failures, and the calls that it takes to tell.
  public Breaking withShare(double share, int volume) {
    return new Breaking(consecutive, share, volume, pause, longest, trials);
  }

  /// The same with another time to be left alone.
  public Breaking withPause(Duration pause, Duration longest) {
    return new Breaking(consecutive, share, volume, pause, longest, trials);
  }

  /// The same with another number of trials.
  public Breaking withTrials(int trials) {
    return new Breaking(consecutive, share, volume, pause, longest, trials);
  }
}
