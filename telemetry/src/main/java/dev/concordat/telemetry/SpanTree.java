package dev.concordat.telemetry;

import dev.concordat.core.Observer.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The spans of one trace under their parents.
///
/// Clocks of two machines differ: a span that seems to begin before what led to it is moved, with
/// all that is under it, into the middle of its parent where it fits, else to the parent's
/// beginning.
///
/// @param roots spans without a parent, or whose parent was not kept, by their beginning
/// @param began when the first began
/// @param took from there to the end of the last
record SpanTree(List<Node> roots, Instant began, Duration took) {

  static SpanTree of(List<StoredSpan> spans) {
    List<Node> roots = new Growth(spans).roots();
    Instant first =
        roots.stream().map(Node::began).min(Comparator.naturalOrder()).orElse(Instant.EPOCH);
    Instant last = roots.stream().map(Node::lastEnd).max(Comparator.naturalOrder()).orElse(first);
    return new SpanTree(roots, first, Duration.between(first, last));
  }

  /// @param began when, on the clock of the root
  /// @param moved whether it was moved because of the clocks
  /// @param orphan whether it names a parent that was not kept
  /// @param async whether nobody waited for it
  record Node(
      StoredSpan span,
      Instant began,
      boolean moved,
      boolean orphan,
      boolean async,
      List<Node> children) {
    Instant ended() {
      return began.plus(span.took());
    }

    Instant lastEnd() {
      Instant last = ended();
      for (Node child : children) {
        Instant end = child.lastEnd();
        last = end.isAfter(last) ? end : last;
      }
      return last;
    }

    int size() {
      return 1 + children.stream().mapToInt(Node::size).sum();
    }
  }

  private static final class Growth {
    private final Map<String, StoredSpan> spans = new LinkedHashMap<>();
    private final Map<String, List<StoredSpan>> children = new LinkedHashMap<>();
    private final Set<String> placed = new HashSet<>();

    Growth(List<StoredSpan> unordered) {
      unordered.stream()
          .sorted(Comparator.comparing(StoredSpan::began))
          .forEach(span -> spans.putIfAbsent(span.place().spanId(), span));
      for (StoredSpan span : spans.values()) {
        span.place()
            .parentId()
            .ifPresent(id -> children.computeIfAbsent(id, any -> new ArrayList<>()).add(span));
      }
    }

    List<Node> roots() {
      List<Node> roots = new ArrayList<>();
      for (StoredSpan span : spans.values()) {
        if (span.place().parentId().filter(spans::containsKey).isEmpty()) {
          roots.add(root(span));
        }
      }
      // Spans that are each other's parents hang on no root.
      for (StoredSpan span : spans.values()) {
        if (!placed.contains(span.place().spanId())) {
          roots.add(root(span));
        }
      }
      roots.sort(Comparator.comparing(Node::began));
      return roots;
    }

    private Node root(StoredSpan span) {
      boolean orphan = span.place().parentId().isPresent();
      boolean async = span.kind() == Kind.CONSUMER;
      placed.add(span.place().spanId());
      return new Node(span, span.began(), false, orphan, async, grown(span, Duration.ZERO));
    }

    private Node child(StoredSpan span, StoredSpan parent, Duration parentShift) {
      Instant parentBegan = parent.began().plus(parentShift);
      Instant began = span.began().plus(parentShift);
      Duration shift = parentShift;
      boolean early = began.isBefore(parentBegan);
      if (early) {
        Duration spare = parent.took().minus(span.took());
        Instant better = spare.isNegative() ? parentBegan : parentBegan.plus(spare.dividedBy(2));
        shift = Duration.between(span.began(), better);
        began = better;
      }
      boolean async =
          span.kind() == Kind.CONSUMER || !began.isBefore(parentBegan.plus(parent.took()));
      return new Node(span, began, early, false, async, grown(span, shift));
    }

    private List<Node> grown(StoredSpan span, Duration shift) {
      List<Node> nodes = new ArrayList<>();
      for (StoredSpan below : children.getOrDefault(span.place().spanId(), List.of())) {
        if (placed.add(below.place().spanId())) {
          nodes.add(child(below, span, shift));
        }
      }
      nodes.sort(Comparator.comparing(Node::began));
      return List.copyOf(nodes);
    }
  }
}
