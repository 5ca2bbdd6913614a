package dev.concordat.calls;

import dev.concordat.calls.protect.Admission;

/// How a server protects itself and its well-behaved callers from the others.
///
/// @param admission how many calls it works on at once; its ceiling is also how many streams are
///   open at once, which have places of their own
/// @param connections connections at once, more are closed at once; default 10,000
/// @param connectionsOfOne connections at once from one address; default 1,000
public record Protection(Admission admission, int connections, int connectionsOfOne) {
  /// The defaults named above.
  public static final Protection DEFAULT = new Protection(Admission.DEFAULT, 10_000, 1_000);

  /// Checks that every limit lets something through.
  public Protection {
    if (connections < 1 || connectionsOfOne < 1) {
      throw new IllegalArgumentException(
          "a protection lets a connection in at least, got %d and %d"
              .formatted(connections, connectionsOfOne));
    }
  }

  /// The same with another admission.
  public Protection withAdmission(Admission admission) {
    return new Protection(admission, connections, connectionsOfOne);
  }

  /// The same with another number of connections, in all and from one address.
  public Protection withConnections(int connections, int connectionsOfOne) {
    return new Protection(admission, connections, connectionsOfOne);
  }
}
