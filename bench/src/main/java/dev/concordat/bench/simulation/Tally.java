package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;
import java.util.ArrayList;
import java.util.List;

/// What became of the calls that began within a span of time.
///
/// A call is good when it was answered well within its budget. In the percentiles every call
/// counts, one that was not good with its whole budget.
///
/// Threads: one.
final class Tally {
  private final Timeline timeline;
  private final List<Entry> entries = new ArrayList<>();

  Tally(Timeline timeline) {
    this.timeline = timeline;
  }

  Entry begun(Priority priority, long budget) {
    Entry entry = new Entry(priority, timeline.nanos(), budget);
    entries.add(entry);
    return entry;
  }

  /// Only the calls that began in these seconds.
  Tally between(double from, double to) {
    Tally part = new Tally(timeline);
    for (Entry entry : entries) {
      if (entry.begun >= from * Timeline.SECOND && entry.begun < to * Timeline.SECOND) {
        part.entries.add(entry);
      }
    }
    return part;
  }

  /// Only the calls of this priority.
  Tally of(Priority priority) {
    Tally part = new Tally(timeline);
    entries.stream().filter(one -> one.priority == priority).forEach(part.entries::add);
    return part;
  }

  long calls() {
    return entries.size();
  }

  long good() {
    return entries.stream().filter(Entry::good).count();
  }

  long failed() {
    return calls() - good();
  }

  /// The share of the calls that was not good, 0 to 1.
  double failedShare() {
    return calls() == 0 ? 0 : (double) failed() / calls();
  }

  /// Milliseconds within which this share of the calls ended.
  double percentile(double share) {
    long[] times = entries.stream().mapToLong(Entry::time).sorted().toArray();
    int rank = (int) Math.ceil(share * times.length) - 1;
    return (double) times[Math.max(0, rank)] / Timeline.MILLISECOND;
  }

  /// Good calls by the second in which they began, as a share of all that began in it.
  double[] goodBySecond() {
    long last = entries.isEmpty() ? 0 : entries.getLast().begun / Timeline.SECOND;
    double[] all = new double[(int) last + 1];
    double[] good = new double[(int) last + 1];
    for (Entry entry : entries) {
      int second = (int) (entry.begun / Timeline.SECOND);
      all[second]++;
      good[second] += entry.good() ? 1 : 0;
    }
    for (int second = 0; second < all.length; second++) {
      good[second] = all[second] == 0 ? 1 : good[second] / all[second];
    }
    return good;
  }

  /// Whole seconds after this one until 95 % of the calls are good for good; infinite when that
  /// never comes.
  double secondsToRecover(int since) {
    double[] good = goodBySecond();
    int last = good.length - 1;
    while (last >= since && good[last] >= 0.95) {
      last--;
    }
    return last == good.length - 1 ? Double.POSITIVE_INFINITY : Math.max(0, last + 1 - since);
  }

  /// One call.
  final class Entry {
    private final Priority priority;
    private final long begun;
    private final long budget;
    private long took = Long.MAX_VALUE;

    private Entry(Priority priority, long begun, long budget) {
      this.priority = priority;
      this.begun = begun;
      this.budget = budget;
    }

    void ended(boolean ok) {
      if (ok) {
        took = timeline.nanos() - begun;
      }
    }

    private boolean good() {
      return took <= budget;
    }

    private long time() {
      return Math.min(took, budget);
    }
  }
}
