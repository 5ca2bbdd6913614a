package dev.concordat.events.tasks;

import dev.concordat.core.Priority;

/// Who is claimed first, so that nobody waits for ever: high before normal before low, but of every
/// 21 places at least four are for a normal one that waits, and one for a low one.
///
/// Threads: one, the claim loop.
final class Shares {
  static final double NORMAL = 4 / 21.0;
  static final double LOW = 1 / 21.0;
  private static final double MOST = 1_000;

  private double normal;
  private double low;

  /// Whose turn it is before all others, and for how many tasks.
  record Turn(Priority priority, int tasks) {
    /// Its place in the order of priorities.
    int rank() {
      return Shares.rank(priority);
    }
  }

  static int rank(Priority priority) {
    return switch (priority) {
      case HIGH -> 0;
      case NORMAL -> 1;
      case LOW -> 2;
    };
  }

  /// The turn in a claim of so many: of whoever has had none for longer.
  Turn next(int claim) {
    normal = Math.min(MOST, normal + claim * NORMAL);
    low = Math.min(MOST, low + claim * LOW);
    return low >= 1 && low / LOW >= normal / NORMAL
        ? new Turn(Priority.LOW, (int) Math.min(low, claim))
        : new Turn(Priority.NORMAL, (int) Math.min(normal, claim));
  }

  /// Takes note of what was claimed. Who had a turn and did not come has lost it.
  ///
  /// @param claimed by priority, with those of the turn
  void claimed(Turn turn, Places claimed) {
    normal = left(normal, claimed.normal(), turn.priority() == Priority.NORMAL ? turn.tasks() : 0);
    low = left(low, claimed.low(), turn.priority() == Priority.LOW ? turn.tasks() : 0);
  }

  private static double left(double credit, long claimed, int turn) {
    return claimed < turn ? 0 : Math.max(0, credit - claimed);
  }
}
