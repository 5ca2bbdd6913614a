package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claim;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.log.Broker;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.subscriptions.SubscriptionView.PauseInForce;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A subscription in this process: takes its part of the partitions, fetches their messages in
/// batches, sends them into the lanes of their keys, and writes down how far it has come.
public final class Subscription<O extends Owner> {
  private static final Logger LOG = System.getLogger("dev.concordat.events");
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(50);
  private static final int LOOKS_GROW_BY = 10;
  private static final long SAVE_EVERY_NANOS = Duration.ofMillis(100).toNanos();
  private static final int DUE_AT_ONCE = 100;
  private static final long LONG_AGO = Duration.ofHours(1).toNanos();

  private final Parts parts;
  private final Spec<O> spec;
  private final Claims claims;
  private final Inbox inbox;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final String claim;
  private final Footing footing;
  private final Figures figures;
  private final Signal signal = new Signal();
  private final Gate gate;
  private final Background work;
  private final Loop loop;
  private final Map<Integer, Partition> partitions = new ConcurrentHashMap<>();
  private volatile @Nullable Opened opened;
  private final Set<String> pausedKeys = ConcurrentHashMap.newKeySet();
  private int count;
  private volatile boolean paused;
  private volatile long pausesReadAt = System.nanoTime() - LONG_AGO;
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
    this.gate = new Gate(parts.clock());
    this.figures = new Figures(parts, spec.topic(), partitions.values(), footing, gate);
    this.work = new Background(claim);
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
  private record Opened(Cursors cursors, Parked parked, Pauses pauses, Lanes lanes) {}

  public Spec<O> spec() {
    return spec;
  }

  public Loop loop() {
    return loop;
  }

  /// What it says of itself.
  public Figures figures() {
    return figures;
  }

  public void fold() {
    Opened now = opened;
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
    Opened now = opened;
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
    Opened now = opened;
    if (now == null) {
      now = open();
      opened = now;
    }
    check(now);
    obeyPauses(now);
    adopt(now);
    save(now);
    giveBack();
    hand(now);
    if (paused) {
      return parts.options().poll();
    }
    sendDue(now);
    int room = spec.options().buffer() - now.lanes.size();
    int fetched = fetch(now, room);
    if (fetched > 0) {
      look = SHORTEST_LOOK;
      return fetched >= room / 2 ? Duration.ZERO : look;
    }
    Duration wait = look;
    Duration next = look.multipliedBy(LOOKS_GROW_BY);
    Duration longest = parts.options().poll();
    look = next.compareTo(longest) > 0 ? longest : next;
    return wait;
  }

  private Opened open() {
    count = parts.topics().partitions(spec.topic(), parts.broker());
    Register register = Register.of(parts, spec.name(), spec.topic());
    var desk = new Handling.Desk(register.id(), gate, inbox, pausedKeys, this::lookForPauses);
    // Batches one after the other: a projection may then update the same rows in any order.
    int workers = spec.handler() instanceof Handler.Many<O> ? 1 : spec.options().parallel();
    claims.want(claim, count, signal::raise);
    unlisten = parts.broker().onAppend(spec.topic(), signal::raise);
    return new Opened(
        new Cursors(parts.database(), register.id(), claim),
        new Parked(register.id()),
        new Pauses(register.id()),
        new Lanes(
            work,
            workers,
            new Handling<>(parts, spec, desk, enqueuer),
            spec.options().buffer() / 2,
            signal::raise));
  }

  /// It has paused itself: found out now, not at the next look.
  private void lookForPauses() {
    pausesReadAt = System.nanoTime() - LONG_AGO;
    signal.raise();
  }

  /// Handlers that go on beyond their budget.
  private void check(Opened now) {
    int left = now.lanes.check(parts.clock().nanos(), parts.options().lease().toNanos());
    if (left > 0) {
      LOG.log(
          Level.ERROR,
          "{0} handlers of subscription {1} did not return when they were interrupted and are left"
              + " behind; their messages are treated as failed",
          left,
          spec.name());
      parts
          .observer()
          .count("concordat.events.left_behind", left, Map.of("subscription", spec.name()));
    }
  }

  /// Does what people have decided since the last look.
  private void obeyPauses(Opened now) {
    if (System.nanoTime() - pausesReadAt < parts.options().poll().toNanos()) {
      return;
    }
    pausesReadAt = System.nanoTime();
    List<PauseInForce> pauses = now.pauses.inForce(parts.database());
    boolean all = pauses.stream().anyMatch(pause -> pause.key().isEmpty());
    if (all != paused) {
      paused = all;
      LOG.log(Level.INFO, "subscription {0} {1}", spec.name(), all ? "is paused" : "goes on");
      now.lanes.hold(all);
    }
    Set<String> keys =
        pauses.stream().flatMap(pause -> pause.key().stream()).collect(Collectors.toSet());
    Set<String> resumed = new HashSet<>(pausedKeys);
    resumed.removeAll(keys);
    pausedKeys.addAll(keys);
    pausedKeys.retainAll(keys);
    for (Partition partition : partitions.values()) {
      parkPaused(partition);
    }
    resumed.forEach(key -> goOn(now, key));
  }

  private void parkPaused(Partition partition) {
    for (String key : pausedKeys) {
      if (Partitions.of(key, count) == partition.number()) {
        partition.parked().add(key);
      }
    }
  }

  /// Takes up what is parked of a key, or finds that nothing is.
  private void goOn(Opened now, String key) {
    Partition partition = partitions.get(Partitions.of(key, count));
    if (partition != null && partition.retrying().add(key)) {
      now.lanes.send(new Job.Again(partition, key));
    }
  }

  /// Opens what has become ours, leaves what is no longer.
  private void adopt(Opened now) {
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

  private Partition open(Opened now, Claim claim) {
    int number = claim.part();
    long position =
        footing.of(
            number,
            now.cursors
                .read(number)
                .orElseGet(() -> footing.first(number, spec.options().start())));
    List<String> parked = parts.database().read(c -> now.parked.keys(c, number));
    Partition partition = new Partition(claim, position, parked);
    // Written at once, so that "from the end" means the same after a crash.
    partition.saved(-1);
    parkPaused(partition);
    return partition;
  }

  private void save(Opened now) {
    if (System.nanoTime() - savedAt >= SAVE_EVERY_NANOS) {
      save(now, partitions.values());
      savedAt = System.nanoTime();
    }
  }

  private void save(Opened now, Collection<Partition> of) {
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

  /// Gives partitions back in which something ended that nobody foresaw.
  private void giveBack() {
    for (Partition partition : partitions.values()) {
      Optional<Throwable> defect = partition.defect();
      if (defect.isPresent()) {
        LOG.log(
            Level.ERROR,
            "work of subscription " + spec.name() + " failed and is begun again from its cursor",
            defect.get());
        release(partition);
        partition.givenBack();
      }
    }
  }

  private void release(Partition partition) {
    Claim c = partition.claim();
    claims.release(c.name(), c.part(), c.epoch());
  }

  /// Hands partitions over when another process should have them and nothing is under way in them.
  private void hand(Opened now) {
    List<Partition> leaving = leaving(claims.surplus(claim));
    partitions.values().stream().filter(it -> !leaving.contains(it)).forEach(Partition::stays);
    for (Partition partition : leaving) {
      boolean idle = partition.progress().idle() && partition.retrying().isEmpty();
      long patience = parts.options().lease().toNanos() / 2;
      if (idle || System.nanoTime() - partition.leavingSince() > patience) {
        // Whatever still runs there holds its mark; what has no transaction is cancelled.
        save(now, List.of(partition));
        partition.lose();
        release(partition);
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

  private void sendDue(Opened now) {
    long every = Math.min(SAVE_EVERY_NANOS * 10, parts.options().poll().toNanos());
    if (partitions.isEmpty() || System.nanoTime() - dueLookedAt < every) {
      return;
    }
    dueLookedAt = System.nanoTime();
    List<Parked.Due> due =
        parts.database().read(c -> now.parked.due(c, partitions.keySet(), DUE_AT_ONCE));
    for (Parked.Due message : due) {
      Partition partition = partitions.get(message.part());
      if (partition != null && !partition.lost() && partition.retrying().add(message.key())) {
        partition.parked().add(message.key());
        now.lanes.send(new Job.Again(partition, message.key()));
      }
    }
  }

  private int fetch(Opened now, int room) {
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
        now.lanes.send(new Job.Fresh(partition, message, entry));
      }
    }
    return messages.size();
  }
}
