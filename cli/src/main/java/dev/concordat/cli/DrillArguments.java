package dev.concordat.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;

/// What a drill is told.
///
/// @param length how long the trouble lasts; empty leaves it to the drill
/// @param instances how many processes serve
/// @param rate calls per second
/// @param broken do it in the way that is expected to fail
/// @param trouble how much of it
/// @param out for progress, a line at a time
public record DrillArguments(
    Optional<Duration> length,
    int instances,
    int rate,
    boolean broken,
    Trouble trouble,
    PrintWriter out) {
  /// Checks the bounds.
  public DrillArguments {
    if (instances < 2 || rate < 1) {
      throw new IllegalArgumentException(
          "a drill needs 2 instances and 1 call per second at least, got %d and %d"
              .formatted(instances, rate));
    }
  }

  /// How much trouble, for drills that have a choice.
  ///
  /// @param kills how many processes are killed; empty leaves it to the drill
  /// @param seed of all that is random; empty for another one each time
  /// @param kafka with the log on Kafka instead of PostgreSQL
  /// @param variant only this one of several; empty for all
  public record Trouble(
      Optional<Integer> kills, Optional<Long> seed, boolean kafka, Optional<String> variant) {
    /// As the drill says.
    public static final Trouble DEFAULT =
        new Trouble(Optional.empty(), Optional.empty(), false, Optional.empty());
  }

  /// Says what is going on.
  public void say(String line) {
    out.println(line);
    out.flush();
  }
}
