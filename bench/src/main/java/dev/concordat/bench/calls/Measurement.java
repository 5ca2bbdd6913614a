package dev.concordat.bench.calls;

import dev.concordat.bench.Peer;
import dev.concordat.bench.Spent;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// Puts the contenders under load, one after the other, in rounds.
final class Measurement {
  private static final List<String> STREAMING =
      List.of(Settings.OURS, "concordat-watched", "grpc-java");
  private static final Duration STALL = Duration.ofSeconds(3);

  private final Settings settings;
  private final List<Pair> pairs;
  private final PrintWriter out;
  private final Map<String, Series> closed = new LinkedHashMap<>();
  private final Map<String, Series> open = new LinkedHashMap<>();
  private final Map<String, Series> streams = new LinkedHashMap<>();
  private final List<Stall> stalls = new ArrayList<>();
  private Duration ours = Duration.ZERO;
  private Duration everybodys = Duration.ZERO;

  Measurement(Settings settings, List<Pair> pairs, PrintWriter out) {
    this.settings = settings;
    this.pairs = pairs;
    this.out = out;
  }

  Map<String, Series> closed() {
    return closed;
  }

  Map<String, Series> open() {
    return open;
  }

  Map<String, Series> streams() {
    return streams;
  }

  List<Stall> stalls() {
    return stalls;
  }

  /// The share of all processor time used meanwhile that was not the contenders': how disturbed the
  /// measurement was, from 0 to 1.
  double disturbance() {
    return everybodys.isZero()
        ? 0
        : Math.max(0, 1 - (double) ours.toNanos() / everybodys.toNanos());
  }

  /// Until the compilers have seen it all: first closed loop, then at the rate.
  void warmUp() {
    if (settings.warmUp() == 0) {
      return;
    }
    for (Pair pair : pairs) {
      say("warming up %s for %d s …", pair.name(), settings.warmUp());
      pair.closed(settings.callers(), Math.max(1, settings.warmUp() * 3 / 4));
      pair.open(settings.rate(), Math.max(1, settings.warmUp() / 4));
    }
  }

  void calls() {
    Duration before = spent();
    Duration allBefore = Spent.byAll();
    for (int round = 1; round <= settings.rounds(); round++) {
      say("round %d of %d", round, settings.rounds());
      turns(round, pairs, closed, pair -> pair.closed(settings.callers(), settings.seconds()));
      turns(round, pairs, open, pair -> pair.open(settings.rate(), settings.seconds()));
    }
    ours = spent().minus(before);
    everybodys = Spent.byAll().minus(allBefore);
  }

  /// One stream of many messages, read to its end.
  void read() {
    List<Pair> streaming = pairs.stream().filter(p -> STREAMING.contains(p.name())).toList();
    if (settings.messages() == 0 || streaming.isEmpty()) {
      return;
    }
    say("streams of %,d messages", settings.messages());
    streaming.forEach(pair -> pair.stream(Math.max(1, settings.messages() / 2)));
    for (int round = 1; round <= settings.streamRounds(); round++) {
      turns(round, streaming, streams, pair -> pair.stream(settings.messages()));
    }
  }

  /// Streams without an end whose readers have stopped: neither side may buffer for them without a
  /// bound. Only ours: bare grpc-java's client ends here for want of memory.
  void stall() {
    for (Pair pair : pairs) {
      if (pair.name().equals(Settings.OURS) && settings.stalled() > 0) {
        say("%d readers stop reading …", settings.stalled());
        stalls.add(stall(pair));
      }
    }
  }

  private Stall stall(Pair pair) {
    Memory server = Memory.of(pair.server());
    Memory client = Memory.of(pair.client());
    long sent = number(pair.server().ask("sent"));
    pair.client().ask("stall " + settings.stalled());
    LockSupport.parkNanos(STALL.toNanos());
    long early = number(pair.server().ask("sent"));
    LockSupport.parkNanos(STALL.toNanos());
    Stall seen =
        new Stall(
            pair.name(),
            (early - sent) / (double) settings.stalled(),
            number(pair.server().ask("sent")) - early,
            Memory.of(pair.server()).since(server),
            Memory.of(pair.client()).since(client));
    pair.client().ask("release");
    return seen;
  }

  private static long number(List<String> said) {
    return Long.parseLong(said.getFirst());
  }

  /// What became of a server whose readers have stopped.
  ///
  /// @param ahead messages sent for each stream until it stood still
  /// @param later messages of all streams that were sent after that
  /// @param server what its process grew by
  /// @param client what its process grew by
  record Stall(String name, double ahead, long later, Memory server, Memory client) {}

  /// Memory of one process, in bytes: the used heap after a collection, and what is in RAM.
  record Memory(long heap, long resident) {
    static Memory of(Peer peer) {
      return new Memory(number(peer.ask("heap")), peer.spent().residentBytes());
    }

    Memory since(Memory before) {
      return new Memory(heap - before.heap, resident - before.resident);
    }
  }

  private Duration spent() {
    return pairs.stream()
        .map(pair -> pair.server().spent().cpu().plus(pair.client().spent().cpu()))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private void turns(
      int round, List<Pair> pairs, Map<String, Series> into, Function<Pair, Pair.Turn> turn) {
    for (int i = 0; i < pairs.size(); i++) {
      // Who begins changes, so that nobody always comes after the same other.
      Pair pair = pairs.get((round + i) % pairs.size());
      Pair.Turn seen = turn.apply(pair);
      into.computeIfAbsent(pair.name(), n -> new Series()).add(seen);
      String percentiles =
          seen.latencies().getTotalCount() == 0
              ? ""
              : "  p50 %.2f ms  p99 %.2f ms"
                  .formatted(
                      seen.latencies().getValueAtPercentile(50) / 1e6,
                      seen.latencies().getValueAtPercentile(99) / 1e6);
      say(
          "  %-18s %,10.0f/s  %7.1f us%s%s",
          pair.name(),
          seen.perSecond(),
          seen.micros(),
          percentiles,
          seen.failed() == 0 ? "" : "  " + seen.failed() + " FAILED");
    }
  }

  private void say(String format, Object... args) {
    out.printf(Locale.ROOT, format + "%n", args);
    out.flush();
  }
}
