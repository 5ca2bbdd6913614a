package dev.concordat.events.tasks;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// From which place on one worker looks for ready tasks, per priority.
///
/// Rows that were claimed stay in the index until a vacuum takes them away, which no vacuum can
/// while some transaction still sees them. A claim that began at the front would read past all of
/// them. So it begins where everything before is known to be claimed, and no clock or gap is
/// trusted for that:
///
/// - *settled*: the highest place claimed by a transaction that everybody has outlived who was
///   under way at that time. Whoever was given a lower place had his transaction's number before,
///   so he has committed or never will.
/// - *fast*: the highest place claimed. Used between two looks from the settled floor when a long
///   transaction holds that one back.
/// - the front: what became ready again behind the floors, by a process that died in the middle of
///   a claim, or of an older version.
///
/// A worker that starts begins at the queue's [LowWater].
///
/// Looks from further back are paid from a budget: they take a fixed share of the time, so that
/// they come at once while they are cheap, and seldom when they are not.
final class Floors {
  private static final int MARKS = 64;
  private static final int CHEAP = 500;
  private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(20);
  private static final Duration FIRST_SWEEP = Duration.ofSeconds(5);
  private static final int SWEEP_SHARE = 50;
  private static final int SETTLED_SHARE = 10;

  private Places fast;
  private Places settled;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long unsettled;
  private long nextSweep;
  private long nextSettled;

  /// @param now [dev.concordat.core.Clock#nanos()], as in all methods
  /// @param low nothing is at or below these
  Floors(long now, Places low) {
    this.fast = low;
    this.settled = low;
    this.nextSweep = low.equals(Places.NONE) ? now : now + FIRST_SWEEP.toNanos();
    this.nextSettled = now;
  }

  /// Where a look begins.
  enum From {
    FRONT,
    SETTLED,
    FAST
  }

  /// What a look found.
  ///
  /// @param transaction number of the claim's transaction
  /// @param oldest number of the oldest transaction that was under way
  /// @param last the highest place claimed in each priority; zero for none
  /// @param reached up to where each priority was read through
  /// @param claimed how many
  record Look(long transaction, long oldest, Places last, Places reached, int claimed) {}

  private record Mark(long transaction, Places places, int claimed) {}

  From next(long now) {
    if (now - nextSweep >= 0) {
      return From.FRONT;
    }
    return unsettled <= CHEAP || now - nextSettled >= 0 ? From.SETTLED : From.FAST;
  }

  Places places(From from) {
    return switch (from) {
      case FRONT -> Places.NONE;
      case SETTLED -> settled;
      case FAST -> fast;
    };
  }

  /// Takes note of a look.
  ///
  /// @param took how long it took
  void looked(From from, Look look, long took, long now) {
    switch (from) {
      case FRONT -> {
        settle(look);
        nextSweep = now + Math.max(BETWEEN_SWEEPS.toNanos(), SWEEP_SHARE * took);
      }
      case SETTLED -> {
        settle(look);
        nextSettled = now + SETTLED_SHARE * took;
      }
      case FAST -> {}
    }
    if (look.claimed() > 0) {
      fast = fast.max(look.last());
      mark(look);
    }
  }

  /// What was claimed before everybody now under way began is behind us, as far as this look has
  /// read.
  private void settle(Look look) {
    while (!marks.isEmpty() && marks.getFirst().transaction() < look.oldest()) {
      Mark mark = marks.getFirst();
      settled = settled.max(mark.places().min(look.reached()));
      if (!settled.max(mark.places()).equals(settled)) {
        return;
      }
      marks.removeFirst();
      unsettled -= mark.claimed();
    }
  }

  private void mark(Look look) {
    int claimed = look.claimed();
    if (marks.size() == MARKS) {
      claimed += marks.removeLast().claimed();
    }
    marks.addLast(new Mark(look.transaction(), fast, claimed));
    unsettled += look.claimed();
  }
}
