package dev.concordat.events.tasks;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Renews what this process holds: all of it in one statement, three times within a lease.
///
/// Threads: safe for many.
public final class LeaseKeeper {
  private static final Duration LONGEST_TICK = Duration.ofMillis(250);

  private final Database database;
  private final Clock clock;
  private final Observer observer;
  private final Duration lease;
  private final Renewal renewal;
  private final Map<Long, HeldLease> held = new ConcurrentHashMap<>();
  private final Loop loop;
  private long renewedAt;

  public LeaseKeeper(
      Database database, Clock clock, Observer observer, Duration lease, Renewal renewal) {
    this.database = database;
    this.clock = clock;
    this.observer = observer;
    this.lease = lease;
    this.renewal = renewal;
    this.renewedAt = clock.nanos();
    this.loop = new Loop("leases", new Signal(), observer, this::tick);
  }

  /// Writes a new end of the leases.
  @FunctionalInterface
  public interface Renewal {
    /// Writes that the leases end this much later than now.
    ///
    /// @param tokens by row
    /// @return the rows that are still ours
    Set<Long> renew(Connection connection, SortedMap<Long, Long> tokens, Duration lease)
        throws SQLException;
  }

  public void start(Background background) {
    loop.start(background);
  }

  /// Renews no more.
  public void end() {
    loop.stop();
  }

  /// Keeps a lease from now on.
  ///
  /// @param since [Clock#nanos()] before the claim was written
  /// @param longest how long it is renewed
  public HeldLease hold(long id, long token, long since, Duration longest) {
    HeldLease lease =
        new HeldLease(id, token, clock, since + this.lease.toNanos(), since + longest.toNanos());
    held.put(id, lease);
    return lease;
  }

  /// Renews it no more.
  public void drop(HeldLease lease) {
    held.remove(lease.id(), lease);
  }

  /// Everything that is held now.
  Set<HeldLease> all() {
    return Set.copyOf(held.values());
  }

  private Duration tick() {
    long now = clock.nanos();
    held.values().forEach(lease -> lease.check(now));
    if (now - renewedAt >= lease.toNanos() / 3) {
      renewedAt = now;
      try {
        renewAll();
      } catch (Failure e) {
        // The next turn tries again; what is not renewed in time cancels itself.
        observer.count("concordat.leases.unrenewed", 1, Map.of());
        renewedAt = now - lease.toNanos() / 4;
      }
    }
    Duration tick = lease.dividedBy(12);
    return tick.compareTo(LONGEST_TICK) < 0 ? tick : LONGEST_TICK;
  }

  private void renewAll() {
    SortedMap<Long, Long> tokens = new TreeMap<>();
    held.values().stream()
        .filter(HeldLease::renewable)
        .forEach(lease -> tokens.put(lease.id(), lease.token()));
    if (tokens.isEmpty()) {
      return;
    }
    long before = clock.nanos();
    Set<Long> ours = database.transact(c -> renewal.renew(c, tokens, lease));
    for (HeldLease each : held.values()) {
      if (ours.contains(each.id())) {
        each.renewed(before + lease.toNanos());
      }
    }
  }
}
