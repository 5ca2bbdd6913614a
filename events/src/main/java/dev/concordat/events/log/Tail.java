package dev.concordat.events.log;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.subscriptions.Partitions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Looks into a topic without being a subscription: leaves no trace. What was there when it was
/// opened comes in the order of its appending, whatever the partition; what comes later, each
/// partition in its order.
///
/// Threads: one at a time.
///
/// Failure: [Failure] with `OUT_OF_RANGE` for a position that is gone or not there yet, with
/// `UNAVAILABLE` when the log cannot be reached.
public final class Tail implements AutoCloseable {
  private static final int PAGE = 256;
  private static final Comparator<Logged> ORDER =
      Comparator.comparing(Logged::appendedAt)
          .thenComparingInt(Logged::partition)
          .thenComparingLong(Logged::position);

  private final Broker broker;
  private final String topic;
  private final Optional<String> key;
  private final Map<Integer, Long> positions;
  private final Map<Integer, Long> history;
  private final Map<Integer, Deque<Logged>> ahead = new TreeMap<>();
  private final Deque<Logged> last = new ArrayDeque<>();
  private final Signal signal = new Signal();
  private final Runnable unlisten;

  private Tail(
      Broker broker,
      String topic,
      Optional<String> key,
      Map<Integer, Long> positions,
      Map<Integer, Long> ends) {
    this.broker = broker;
    this.topic = topic;
    this.key = key;
    this.positions = positions;
    this.history = new HashMap<>();
    positions.keySet().forEach(part -> history.put(part, ends.getOrDefault(part, 0L)));
    this.unlisten = broker.onAppend(topic, signal::raise);
  }

  /// What is looked at.
  ///
  /// @param topic full name of a topic that the log has
  /// @param partition only this one
  /// @param key only this key, and so only its partition
  public record Spec(
      String topic, TailFrom from, Optional<Integer> partition, Optional<String> key) {}

  /// Opens it.
  public static Tail open(Broker broker, Spec spec) {
    Map<Integer, Long> begins = broker.begins(spec.topic);
    Map<Integer, Long> ends = broker.ends(spec.topic);
    Map<Integer, Long> positions = new TreeMap<>();
    for (int part : wanted(spec, ends)) {
      long begin = begins.getOrDefault(part, 0L);
      long end = ends.getOrDefault(part, 0L);
      switch (spec.from) {
        case TailFrom.Beginning _ -> positions.put(part, begin);
        case TailFrom.End _ -> positions.put(part, end);
        case TailFrom.At at ->
            positions.put(part, Math.max(begin, broker.positionAt(spec.topic, part, at.instant())));
        case TailFrom.Last back ->
            positions.put(
                part, spec.key.isPresent() ? begin : Math.max(begin, end - back.messages()));
        case TailFrom.Positions at -> {
          Long position = at.positions().get(part);
          if (position != null) {
            requireThere(spec.topic, part, position, begin, end);
            positions.put(part, position);
          }
        }
      }
    }
    Tail tail = new Tail(broker, spec.topic, spec.key, positions, ends);
    if (spec.from instanceof TailFrom.Last back) {
      tail.keep(back.messages());
    }
    return tail;
  }

  /// The next messages that are there, in their order.
  ///
  /// @return empty when there is nothing more now
  public List<Logged> next() {
    if (!last.isEmpty()) {
      List<Logged> kept = List.copyOf(last);
      last.clear();
      return kept;
    }
    List<Logged> found = List.of();
    boolean more = true;
    while (found.isEmpty() && more) {
      more = inHistory() || !ahead.isEmpty();
      found = (more ? fromHistory() : live()).stream().filter(this::wanted).toList();
    }
    return found;
  }

  /// Waits until there may be something more, this long at most.
  public void await(Duration patience) throws InterruptedException {
    boolean _ = signal.await(patience);
  }

  /// The first position of each partition that was not taken yet.
  public Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  @Override
  public void close() {
    unlisten.run();
  }

  private static List<Integer> wanted(Spec spec, Map<Integer, Long> ends) {
    if (spec.partition.isPresent() && !ends.containsKey(spec.partition.get())) {
      throw Failure.of(
          Code.OUT_OF_RANGE,
          spec.topic
              + " has the partitions 0 to "
              + (ends.size() - 1)
              + ", and no "
              + spec.partition.get());
    }
    Optional<Integer> ofKey = spec.key.map(key -> Partitions.of(key, ends.size()));
    return ends.keySet().stream()
        .filter(part -> spec.partition.isEmpty() || spec.partition.get().equals(part))
        .filter(part -> ofKey.isEmpty() || ofKey.get().equals(part))
        .sorted()
        .toList();
  }

  private static void requireThere(String topic, int part, long position, long begin, long end) {
    if (position < begin) {
      throw Failure.of(
          Code.OUT_OF_RANGE,
          "%d@%d of %s is gone: the oldest message that is kept there is %d@%d"
              .formatted(part, position, topic, part, begin));
    }
    if (position > end) {
      throw Failure.of(
          Code.OUT_OF_RANGE,
          "%d@%d of %s is not there yet: the end is %d@%d"
              .formatted(part, position, topic, part, end));
    }
  }

  /// Reads what is there and remembers the end of it.
  private void keep(int messages) {
    List<Logged> found = next();
    Deque<Logged> kept = new ArrayDeque<>();
    while (!found.isEmpty() && kept.size() <= messages) {
      kept.addAll(found);
      while (kept.size() > messages) {
        kept.remove();
      }
      found = inHistory() || !ahead.isEmpty() ? next() : List.of();
    }
    last.addAll(kept);
  }

  private boolean wanted(Logged message) {
    return key.isEmpty() || key.get().equals(message.message().key());
  }

  private boolean inHistory() {
    return positions.entrySet().stream().anyMatch(at -> at.getValue() < until(at.getKey()));
  }

  private long until(int part) {
    return history.getOrDefault(part, 0L);
  }

  /// Merges: the oldest of the messages at hand is the next one as long as every partition that has
  /// more to read has one at hand.
  private List<Logged> fromHistory() {
    fill();
    List<Logged> merged = new ArrayList<>();
    while (!ahead.isEmpty() && positions.keySet().stream().noneMatch(this::mustRead)) {
      Logged oldest = ahead.values().stream().map(Deque::getFirst).min(ORDER).orElseThrow();
      Deque<Logged> of = ahead.get(oldest.partition());
      merged.add(of == null ? oldest : of.removeFirst());
      if (of == null || of.isEmpty()) {
        ahead.remove(oldest.partition());
      }
    }
    return merged;
  }

  private boolean mustRead(int part) {
    return !ahead.containsKey(part) && positions.getOrDefault(part, 0L) < until(part);
  }

  private void fill() {
    Map<Integer, Long> empty = new HashMap<>(positions);
    empty.keySet().removeIf(part -> !mustRead(part));
    if (empty.isEmpty()) {
      return;
    }
    take(broker.read(topic, empty, PAGE));
    for (int part : List.copyOf(empty.keySet())) {
      if (mustRead(part)) {
        take(broker.read(topic, Map.of(part, positions.getOrDefault(part, 0L)), PAGE));
      }
      if (mustRead(part)) { // a gap at the end, or dropped meanwhile
        positions.put(part, until(part));
      }
    }
  }

  private void take(List<Logged> messages) {
    for (Logged message : messages) {
      ahead.computeIfAbsent(message.partition(), any -> new ArrayDeque<>()).add(message);
      positions.put(message.partition(), message.position() + 1);
    }
  }

  private List<Logged> live() {
    List<Logged> messages =
        positions.isEmpty() ? List.of() : broker.read(topic, Map.copyOf(positions), PAGE);
    messages.forEach(
        message -> positions.merge(message.partition(), message.position() + 1, Math::max));
    return messages.stream().sorted(ORDER).toList();
  }
}
