package dev.concordat.events.claims;

import dev.concordat.events.Parts;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What this process holds of what the processes of one service share: the sequencer, the
/// partitions of subscriptions. Each takes its fair part; what a silent process held is free after
/// the lease.
///
/// A claim has an epoch that grows with each new owner. Whoever writes on the strength of a claim
/// checks the epoch in the same transaction, so that a process which was only asleep does no harm.
public final class Claims {
  private static final String BEAT =
      """
      insert into concordat.instance (id, until, groups)
      values (?, clock_timestamp() + make_interval(secs => ?), ?)
      on conflict (id) do update set until = excluded.until, groups = excluded.groups
      """;
  private static final String PREPARE =
      """
      insert into concordat.claim (name, part)
      select ?, generate_series(0, ? - 1)
      on conflict do nothing
      """;
  private static final String OWN = "select name, part, epoch from concordat.claim where owner = ?";
  private static final String STATE =
      """
      select wanted.name,
             (select count(*) from concordat.instance
              where until > clock_timestamp() and wanted.name = any (groups)) as live,
             (select count(*) from concordat.claim
              where name = wanted.name
                and (owner is null or not exists (
                  select from concordat.instance
                  where id = claim.owner and until > clock_timestamp()))) as free,
             (select count(*) from concordat.claim where name = wanted.name) as parts
      from unnest(?::text[]) as wanted(name)
      """;
  private static final String TAKE =
      """
      update concordat.claim as taken
      set owner = ?, epoch = taken.epoch + 1
      from (select name, part from concordat.claim
            where name = ?
              and (owner is null or not exists (
                select from concordat.instance
                where id = claim.owner and until > clock_timestamp()))
            order by part
            limit ?
            for update skip locked) as free
      where taken.name = free.name and taken.part = free.part
      """;
  private static final String RELEASE =
      """
      update concordat.claim set owner = null, epoch = epoch + 1
      where name = ? and part = ? and owner = ? and epoch = ?
      """;
  private static final String RELEASE_ALL =
      "update concordat.claim set owner = null, epoch = epoch + 1 where owner = ?";
  private static final String LEAVE = "delete from concordat.instance where id = ?";
  private static final String FORGET_DEAD =
      "delete from concordat.instance where until < clock_timestamp() - interval '1 minute'";

  private final Parts parts;
  private final Map<String, Wish> wishes = new ConcurrentHashMap<>();
  private final Map<String, Integer> surplus = new ConcurrentHashMap<>();
  private final Map<String, Integer> others = new ConcurrentHashMap<>();
  private final Signal signal = new Signal();
  private final Loop loop;
  private volatile Holding holding = new Holding(Map.of(), 0);

  public Claims(Parts parts) {
    this.parts = parts;
    this.loop = new Loop("claims", signal, parts.observer(), this::beat);
  }

  private record Wish(int count, Runnable changed) {}

  private record Holding(Map<String, Map<Integer, Long>> epochs, long untilNanos) {}

  private record State(int live, int free, int parts) {}

  public Loop loop() {
    return loop;
  }

  /// From now on, this process takes its fair part of these.
  ///
  /// @param changed runs when what it holds of them has changed; must be short
  public void want(String name, int count, Runnable changed) {
    parts.database().read(connection -> prepare(connection, name, count));
    wishes.put(name, new Wish(count, changed));
    signal.raise();
  }

  /// What this process holds: part and epoch. Nothing when it could not renew in time.
  public Map<Integer, Long> held(String name) {
    Holding now = holding;
    boolean valid = System.nanoTime() - now.untilNanos < 0;
    return valid ? now.epochs.getOrDefault(name, Map.of()) : Map.of();
  }

  /// How many parts another process should have instead.
  public int surplus(String name) {
    return surplus.getOrDefault(name, 0);
  }

  /// How many other processes are there that want some of these.
  public int others(String name) {
    return others.getOrDefault(name, 0);
  }

  public void release(String name, int part, long epoch) {
    parts
        .database()
        .read(connection -> {
          try (var update = connection.prepareStatement(RELEASE)) {
            update.setString(1, name);
            update.setInt(2, part);
            update.setObject(3, parts.instance());
            update.setLong(4, epoch);
            return update.executeUpdate();
          }
        });
    surplus.computeIfPresent(name, (any, count) -> Math.max(0, count - 1));
    signal.raise();
  }

  /// Gives everything back.
  public void leave() {
    holding = new Holding(Map.of(), 0);
    parts
        .database()
        .transact(connection -> mine(connection, RELEASE_ALL) + mine(connection, LEAVE));
  }

  private Duration beat() {
    Duration lease = parts.options().lease();
    long asked = System.nanoTime();
    Holding fresh =
        parts
            .database()
            .read(connection -> {
              renew(connection, lease);
              takeFairPart(connection);
              return new Holding(own(connection), asked + lease.toNanos());
            });
    Holding before = holding;
    holding = fresh;
    wishes.forEach((name, wish) -> {
      if (!fresh.epochs.getOrDefault(name, Map.of()).equals(before.epochs.get(name))) {
        wish.changed.run();
      }
    });
    return lease.dividedBy(3);
  }

  private void renew(Connection connection, Duration lease) throws SQLException {
    try (var beat = connection.prepareStatement(BEAT)) {
      beat.setObject(1, parts.instance());
      beat.setDouble(2, lease.toMillis() / 1000.0);
      beat.setArray(3, connection.createArrayOf("text", wishes.keySet().toArray()));
      beat.executeUpdate();
    }
    try (var forget = connection.prepareStatement(FORGET_DEAD)) {
      forget.executeUpdate();
    }
  }

  private void takeFairPart(Connection connection) throws SQLException {
    var own = own(connection);
    for (var entry : states(connection).entrySet()) {
      Wish wish = wishes.get(entry.getKey());
      if (wish == null) {
        continue;
      }
      State state = entry.getValue();
      // Processes of two versions may want different numbers: none is left over.
      int parts = Math.max(wish.count, state.parts);
      int fair = Math.ceilDiv(parts, Math.max(1, state.live));
      int held = own.getOrDefault(entry.getKey(), Map.of()).size();
      surplus.put(entry.getKey(), Math.max(0, held - fair));
      others.put(entry.getKey(), state.live - 1);
      if (held < fair && state.free > 0) {
        take(connection, entry.getKey(), fair - held);
      }
    }
  }

  private Map<String, State> states(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(STATE)) {
      query.setArray(1, connection.createArrayOf("text", wishes.keySet().toArray()));
      Map<String, State> states = new HashMap<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          State state = new State(rows.getInt("live"), rows.getInt("free"), rows.getInt("parts"));
          states.put(rows.getString("name"), state);
        }
      }
      return states;
    }
  }

  private void take(Connection connection, String name, int count) throws SQLException {
    try (var update = connection.prepareStatement(TAKE)) {
      update.setObject(1, parts.instance());
      update.setString(2, name);
      update.setInt(3, count);
      update.executeUpdate();
    }
  }

  private Map<String, Map<Integer, Long>> own(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(OWN)) {
      query.setObject(1, parts.instance());
      Map<String, Map<Integer, Long>> own = new HashMap<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          own.computeIfAbsent(rows.getString("name"), any -> new HashMap<>())
              .put(rows.getInt("part"), rows.getLong("epoch"));
        }
      }
      return own;
    }
  }

  private int mine(Connection connection, String sql) throws SQLException {
    try (var update = connection.prepareStatement(sql)) {
      update.setObject(1, parts.instance());
      return update.executeUpdate();
    }
  }

  private static int prepare(Connection connection, String name, int count) throws SQLException {
    try (var insert = connection.prepareStatement(PREPARE)) {
      insert.setString(1, name);
      insert.setInt(2, count);
      return insert.executeUpdate();
    }
  }
}
