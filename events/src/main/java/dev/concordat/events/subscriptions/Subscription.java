package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claim;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.log.Broker;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A subscription in this process: takes its part of the partitions, fetches their messages in
/// batches, sends them into the lanes of their keys, and writes down how far it has come.
public final class Subscription<O extends Owner> {
  private static final Logger LOG = System.getLogger("dev.concordat.events");
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(5);
  private static final int LOOKS_GROW_BY = 10;
  private static final long SAVE_EVERY_NANOS = Duration.ofMillis(100).toNanos();
  private static final int DUE_AT_ONCE = 100;

  private final Parts parts;
  private final Spec<O> spec;
  private final Claims claims;
  private final Inbox inbox;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final String claim;
  private final Footing footing;
  private final Signal signal = new Signal();
  private final Gate gate = new Gate();
  private final Background work;
  private final Lanes lanes;
  private final Loop loop;
  private final Map<Integer, Partition> partitions = new ConcurrentHashMap<>();
  private volatile @Nullable Opened<O> opened;
  private Runnable unlisten = () -> {};
  private Duration look = SHORTEST_LOOK;
  private long savedAt = System.nanoTime();
  private long dueLookedAt = System.nanoTime();

  public Subscription(
      Parts parts, Spec<O> spec, Claims claims, Inbox inbox, JdbcTransaction.Enqueuer enqueuer) {
    this.parts = parts;
    this.spec = spec;
    this.claims = claims;
    this.inbox = inbox;
    this.enqueuer = enqueuer;
    this.claim = "subscription/" + spec.name();
    this.footing = new Footing(parts, spec.name(), spec.topic());
    this.work = new Background(claim);
    this.lanes = new Lanes(work, spec.options().parallel());
    this.loop = new Loop(claim, signal, parts.observer(), this::step);
  }

  /// What is subscribed.
  ///
  /// @param name of the subscription
  /// @param topic that it reads
  /// @param handler what happens to a message
  public record Spec<O extends Owner>(
      String name, String topic, Handler<O> handler, SubscriptionOptions options) {}

  /// What is known once the database and the log could be asked.
  private record Opened<O extends Owner>(Cursors cursors, Parked parked, Handling<O> handling) {}

  public Spec<O> spec() {
    return spec;
  }

  public Loop loop() {
    return loop;
  }

  /// Keys that wait, of the partitions that this process has.
  public long parkedKeys() {
    return partitions.values().stream().mapToLong(p -> p.parked().size()).sum();
  }

  /// How many messages the log has beyond the cursors, of the partitions that this process has.
  public long lag() {
    Map<Integer, Long> ends = parts.broker().ends(spec.topic());
    return partitions.values().stream()
        .mapToLong(p -> Math.max(0, ends.getOrDefault(p.number(), 0L) - p.progress().done()))
        .sum();
  }

  /// The share of the retention that the oldest message not yet done has used, of the partitions
  /// that this process has: 0 when there is none, 1 when it may be dropped.
  public double retentionUsed() {
    Map<Integer, Long> ends = parts.broker().ends(spec.topic());
    Map<Integer, Long> behind = new HashMap<>();
    for (Partition partition : partitions.values()) {
      long done = partition.progress().done();
      if (done < ends.getOrDefault(partition.number(), 0L)) {
        behind.put(partition.number(), done);
      }
    }
    return behind.isEmpty() ? 0 : footing.retentionUsed(behind);
  }

  public void fold() {
    Opened<O> now = opened;
    if (now != null) {
      now.cursors.fold();
    }
  }

  /// Takes nothing new, waits for what runs, writes down how far it came.
  public boolean stop(Duration grace) {
    loop.stop();
    gate.end();
    unlisten.run();
    var _ = loop.join(grace);
    boolean clean = work.stop(grace);
    return saved() && clean;
  }

  /// A database that is gone by now loses nothing: what was done since the last save is read again,
  /// and the inbox knows it.
  private boolean saved() {
    Opened<O> now = opened;
    if (now == null) {
      return true;
    }
    try {
      save(now, partitions.values());
      return true;
    } catch (Failure e) {
      LOG.log(
          Level.WARNING, "how far a subscription came was not saved at its end: " + e.message());
      return false;
    }
  }

  private Duration step() {
    Opened<O> now = opened;
    if (now == null) {
      now = open();
      opened = now;
    }
    adopt(now);
    save(now);
    hand(now);
    sendDue(now);
    int fetched = fetch(now);
    if (fetched > 0) {
      look = SHORTEST_LOOK;
      return Duration.ZERO;
    }
    Duration wait = look;
    Duration next = look.multipliedBy(LOOKS_GROW_BY);
    Duration longest = parts.options().poll();
    look = next.compareTo(longest) > 0 ? longest : next;
    return wait;
  }

  private Opened<O> open() {
    int count = parts.topics().partitions(spec.topic(), parts.broker());
    Register register = Register.of(parts.database(), spec.name(), spec.topic());
    claims.want(claim, count, signal::raise);
    unlisten = parts.broker().onAppend(spec.topic(), signal::raise);
    return new Opened<>(
        new Cursors(parts.database(), register.id(), claim),
        new Parked(register.id()),
        new Handling<>(parts, spec, register.id(), gate, inbox, enqueuer));
  }

  /// Opens what has become ours, leaves what is no longer.
  private void adopt(Opened<O> now) {
    Map<Integer, Long> held = claims.held(claim);
    for (Partition partition : List.copyOf(partitions.values())) {
      Long epoch = held.get(partition.number());
      if (epoch == null || epoch != partition.claim().epoch()) {
        partition.lose();
        partitions.remove(partition.number());
      }
    }
    held.forEach((number, epoch) -> {
      if (!partitions.containsKey(number)) {
        partitions.put(number, open(now, new Claim(claim, number, epoch)));
      }
    });
  }

  private Partition open(Opened<O> now, Claim claim) {
    int number = claim.part();
    long position = footing.of(number, now.cursors.read(number).orElseGet(() -> start(number)));
    List<String> parked = parts.database().read(c -> now.parked.keys(c, number));
    Partition partition = new Partition(claim, position, parked);
    // Written at once, so that "from the end" means the same after a crash.
    partition.saved(-1);
    return partition;
  }

  private long start(int partition) {
    Broker broker = parts.broker();
    return switch (spec.options().start()) {
      case Start.Beginning _ -> broker.begins(spec.topic()).getOrDefault(partition, 0L);
      case Start.End _ -> broker.ends(spec.topic()).getOrDefault(partition, 0L);
      case Start.At at -> broker.positionAt(spec.topic(), partition, at.instant());
      case Start.Position at ->
          at.positions()
              .getOrDefault(partition, broker.begins(spec.topic()).getOrDefault(partition, 0L));
    };
  }

  private void save(Opened<O> now) {
    if (System.nanoTime() - savedAt >= SAVE_EVERY_NANOS) {
      save(now, partitions.values());
      savedAt = System.nanoTime();
    }
  }

  private void save(Opened<O> now, Collection<Partition> of) {
    List<Cursors.Move> moves = new ArrayList<>();
    for (Partition partition : of) {
      long done = partition.progress().done();
      if (!partition.lost() && done != partition.saved()) {
        Claim c = partition.claim();
        moves.add(new Cursors.Move(c.part(), c.epoch(), done));
      }
    }
    if (moves.isEmpty()) {
      return;
    }
    Set<Integer> moved = now.cursors.advance(moves);
    Map<Integer, Long> reached = new HashMap<>();
    for (Cursors.Move move : moves) {
      Partition partition = partitions.get(move.part());
      if (partition != null && moved.contains(move.part())) {
        partition.saved(move.position());
        reached.put(move.part(), move.position());
      } else if (partition != null) {
        partition.lose();
      }
    }
    parts.broker().reached(parts.owner() + "/" + spec.name(), spec.topic(), reached);
  }

  /// Hands partitions over when another process should have them and nothing is under way in them.
  private void hand(Opened<O> now) {
    int surplus = claims.surplus(claim);
    for (Partition partition : leaving(surplus)) {
      if (partition.progress().idle() && partition.retrying().isEmpty()) {
        save(now, List.of(partition));
        partition.lose();
        Claim c = partition.claim();
        claims.release(c.name(), c.part(), c.epoch());
      }
    }
  }

  private List<Partition> leaving(int surplus) {
    return partitions.values().stream()
        .filter(partition -> !partition.lost())
        .sorted((a, b) -> Integer.compare(b.number(), a.number()))
        .limit(surplus)
        .toList();
  }

  private void sendDue(Opened<O> now) {
    Clock clock = parts.clock();
    long every = Math.min(SAVE_EVERY_NANOS * 10, parts.options().poll().toNanos());
    if (partitions.isEmpty() || System.nanoTime() - dueLookedAt < every) {
      return;
    }
    dueLookedAt = System.nanoTime();
    List<Parked.Due> due =
        parts
            .database()
            .read(c -> now.parked.due(c, partitions.keySet(), clock.now(), DUE_AT_ONCE));
    for (Parked.Due message : due) {
      Partition partition = partitions.get(message.part());
      if (partition != null && !partition.lost() && partition.retrying().add(message.key())) {
        partition.parked().add(message.key());
        lanes.send(message.key(), () -> now.handling.again(partition, message.key()));
      }
    }
  }

  private int fetch(Opened<O> now) {
    int room = spec.options().buffer() - lanes.size();
    if (room <= 0) {
      return 0;
    }
    List<Partition> leaving = leaving(claims.surplus(claim));
    Map<Integer, Long> from = new HashMap<>();
    for (Partition partition : partitions.values()) {
      if (!partition.lost() && !leaving.contains(partition)) {
        from.put(partition.number(), partition.progress().next());
      }
    }
    List<Broker.Logged> messages =
        from.isEmpty() ? List.of() : parts.broker().read(spec.topic(), from, room);
    for (Broker.Logged message : messages) {
      Partition partition = partitions.get(message.partition());
      if (partition != null) {
        footing.step(message, partition.progress().next());
        Progress.Entry entry = partition.progress().begin(message.position());
        lanes.send(
            message.message().key(),
            () -> {
              now.handling.fresh(partition, message, entry);
              ended();
            });
      }
    }
    return messages.size();
  }

  /// Half of the buffer is free again: time to fetch.
  private void ended() {
    if (lanes.size() == spec.options().buffer() / 2) {
      signal.raise();
    }
  }
}
