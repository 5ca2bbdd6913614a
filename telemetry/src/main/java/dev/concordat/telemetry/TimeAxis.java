package dev.concordat.telemetry;

import dev.concordat.telemetry.SpanTree.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The time of one trace laid out on the columns of a line, without the long stretches in which
/// nothing ran: a task that is due in half a minute would shrink all bars to one character. The
/// longest are cut out until what is idle takes no more than half of the busy time; each cut takes
/// one column.
final class TimeAxis {
  private static final int COLUMNS_PER_CUT = 8;

  private final List<Segment> segments;
  private final Duration cutOut;

  private TimeAxis(List<Segment> segments, Duration cutOut) {
    this.segments = segments;
    this.cutOut = cutOut;
  }

  static TimeAxis of(SpanTree tree, int columns) {
    List<Stretch> busy = busy(tree);
    List<Stretch> idle = new ArrayList<>();
    for (int i = 1; i < busy.size(); i++) {
      idle.add(new Stretch(busy.get(i - 1).to, busy.get(i).from));
    }
    List<Stretch> cuts = cuts(total(busy), idle, columns / COLUMNS_PER_CUT);
    Instant end = tree.began().plus(tree.took());
    return new TimeAxis(
        segments(new Stretch(tree.began(), end), cuts, columns), Duration.ofNanos(total(cuts)));
  }

  /// How much time is not drawn.
  Duration cutOut() {
    return cutOut;
  }

  int cuts() {
    return segments.size() - 1;
  }

  /// A bar from here to there, and a mark in the column of every cut it does not cover.
  String bar(Instant from, Instant to, String bar, String mark) {
    Segment first = segmentOf(from, true);
    Segment last = segmentOf(to, false);
    int start =
        Math.min(first.end() - 1, first.column + (int) Math.floor(first.columnsUntil(from)));
    int end =
        Math.clamp((long) (last.column + Math.ceil(last.columnsUntil(to))), start + 1, last.end());
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < segments.getLast().end(); column++) {
      line.append(column >= start && column < end ? bar : isCut(column) ? mark : " ");
    }
    return line.toString();
  }

  private boolean isCut(int column) {
    return segments.stream().skip(1).anyMatch(segment -> segment.column - 1 == column);
  }

  /// At a cut two segments touch: what begins belongs to the later one, what ends to the earlier.
  private Segment segmentOf(Instant time, boolean begins) {
    if (begins) {
      return segments.reversed().stream()
          .filter(segment -> !segment.time.from.isAfter(time))
          .findFirst()
          .orElse(segments.getFirst());
    }
    return segments.stream()
        .filter(segment -> !segment.time.to.isBefore(time))
        .findFirst()
        .orElse(segments.getLast());
  }

  private static List<Stretch> busy(SpanTree tree) {
    List<Stretch> all = new ArrayList<>();
    tree.roots().forEach(root -> collect(root, all));
    all.sort(Comparator.comparing(Stretch::from));
    List<Stretch> merged = new ArrayList<>();
    for (Stretch next : all) {
      if (merged.isEmpty() || next.from.isAfter(merged.getLast().to)) {
        merged.add(next);
      } else if (next.to.isAfter(merged.getLast().to)) {
        merged.add(new Stretch(merged.removeLast().from, next.to));
      }
    }
    return merged;
  }

  private static void collect(Node node, List<Stretch> all) {
    all.add(new Stretch(node.began(), node.ended()));
    node.children().forEach(child -> collect(child, all));
  }

  private static List<Stretch> cuts(long busy, List<Stretch> idle, int most) {
    List<Stretch> cuts = new ArrayList<>();
    long left = total(idle);
    for (Stretch longest :
        idle.stream().sorted(Comparator.comparingLong(Stretch::nanos).reversed()).toList()) {
      if (left * 2 <= busy || cuts.size() == most) {
        break;
      }
      cuts.add(longest);
      left -= longest.nanos();
    }
    cuts.sort(Comparator.comparing(Stretch::from));
    return cuts;
  }

  private static List<Segment> segments(Stretch whole, List<Stretch> cuts, int columns) {
    double shown = Math.max(1, whole.nanos() - total(cuts));
    int forTime = columns - cuts.size();
    List<Segment> segments = new ArrayList<>();
    Instant from = whole.from;
    long before = 0;
    int column = 0;
    for (int i = 0; i <= cuts.size(); i++) {
      boolean last = i == cuts.size();
      Stretch time = new Stretch(from, last ? whole.to : cuts.get(i).from);
      before += time.nanos();
      int wanted = i + (int) Math.round(before / shown * forTime);
      // Every segment to come needs a column of its own, and one for the cut before it.
      int end = last ? columns : Math.clamp(wanted, column + 1, columns - 2 * (cuts.size() - i));
      segments.add(new Segment(time, column, end - column));
      column = end + 1;
      from = last ? whole.to : cuts.get(i).to;
    }
    return segments;
  }

  private static long total(List<Stretch> stretches) {
    return stretches.stream().mapToLong(Stretch::nanos).sum();
  }

  private record Stretch(Instant from, Instant to) {
    long nanos() {
      return Duration.between(from, to).toNanos();
    }
  }

  private record Segment(Stretch time, int column, int columns) {
    int end() {
      return column + columns;
    }

    double columnsUntil(Instant instant) {
      double whole = Math.max(1, time.nanos());
      return Duration.between(time.from, instant).toNanos() / whole * columns;
    }
  }
}
