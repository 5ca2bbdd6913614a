package dev.concordat.calls;

import dev.concordat.calls.protect.Admission;
import java.time.Duration;

/// How a server protects itself and its well-behaved callers from the others.
///
/// @param admission how many calls it works on at once; its ceiling is also how many streams are
///   open at once, which have places of their own
/// @param connections connections at once, more are closed at once; default 10,000
/// @param connectionsOfOne connections at once from one address; default 1,000
/// @param idle how long a stream may go without a message before it is ended, when its contract
///   does not say; default 5 minutes
public record Protection(
    Admission admission, int connections, int connectionsOfOne, Duration idle) {
  /// The defaults named above.
  public static final Protection DEFAULT =
      new Protection(Admission.DEFAULT, 10_000, 1_000, Duration.ofMinutes(5));

  /// Checks that every limit lets something through.
  public Protection {
    if (connections < 1 || connectionsOfOne < 1 || !idle.isPositive()) {
      throw new IllegalArgumentException(
          "a protection lets a connection in and leaves streams some time, got %d, %d, %s"
              .formatted(connections, connectionsOfOne, idle));
    }
  }

  /// The same with another admission.
  public Protection withAdmission(Admission admission) {
    return new Protection(admission, connections, connectionsOfOne, idle);
  }

  /// The same with another number of connections, in all and from one address.
  public Protection withConnections(int connections, int connectionsOfOne) {
    return new Protection(admission, connections, connectionsOfOne, idle);
  }

  /// The same with another time for streams without a message.
  public Protection withIdle(Duration idle) {
    return new Protection(admission, connections, connectionsOfOne, idle);
  }
}
