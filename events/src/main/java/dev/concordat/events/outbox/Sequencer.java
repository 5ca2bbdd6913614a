package dev.concordat.events.outbox;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Carries what has been committed from the outbox to the log: stores a tick, appends its messages
/// under the tick's number, and so on. The work is cut into shards by key; one process of the
/// service holds each, the others stand by.
///
/// A crash between any two steps only repeats: the stored tick gives the same messages again, and
/// the log does nothing for a number that it has seen.
public final class Sequencer {
  static final String CLAIM = "sequencer";

  private static final int TICKS_KEPT = 1_000;

  /// The oldest that no tick holds, and the oldest tick that a shard has not told.
  private static final String UNCUT =
      """
      with last as (
        select coalesce((select snapshot from concordat.tick order by tick desc limit 1),
                        '1:1:'::pg_snapshot) as snapshot)
      select extract(epoch from clock_timestamp() - least(
        (select time from concordat.outbox
         where xid >= (select pg_snapshot_xmax(snapshot) from last) order by xid limit 1),
        (select min(time) from concordat.outbox
         where xid = any (array(select pg_snapshot_xip(snapshot) from last)))))
      """;

  private static final String UNTOLD =
      """
      select extract(epoch from clock_timestamp() - at) from concordat.tick
      where tick > ? and shards > ? order by tick limit 1
      """;
  private static final String LAST_ID = "select last_value from concordat.outbox_id";

  private final Tools tools;
  private final Rotation rotation;
  private final Loop watch;
  private final Map<Integer, Shard> shards = new ConcurrentSkipListMap<>();
  private final Signal changed = new Signal();
  private @Nullable Background background;
  private boolean wanted;

  public Sequencer(Parts parts, Claims claims, Rotation rotation) {
    Ticks ticks = new Ticks(parts.database());
    this.tools = new Tools(parts, claims, ticks, new Teller(parts, ticks), new Bell(parts, claims));
    this.rotation = rotation;
    this.watch = new Loop("shards", changed, parts.observer(), this::openHeld);
  }

  /// What all shards work with.
  record Tools(Parts parts, Claims claims, Ticks ticks, Teller teller, Bell bell) {}

  public void start(Background background) {
    this.background = background;
    shard(0);
    watch.start(background);
    tools.bell.start(background);
  }

  /// Ends, and tells what is left, before this process gives up being the sequencer.
  public void stop(Duration grace) {
    watch.stop();
    tools.bell.stop();
    shards.values().forEach(shard -> shard.loop().stop());
    boolean ended = watch.join(grace);
    for (Shard shard : shards.values()) {
      ended &= shard.loop().join(grace);
    }
    if (!ended) {
      return;
    }
    try {
      for (Shard shard : shards.values()) {
        shard.flush();
      }
    } catch (Failure e) {
      // Whoever is the sequencer next tells it.
      tools.parts.observer().count("concordat.events.flushes.failed", 1, Map.of());
    }
  }

  /// How many ids were given out and not yet told, when this process cuts the ticks; otherwise 0.
  /// Those rolled back among them are seen a moment later.
  public long backlog() {
    Optional<Tick> told = shard(0).told();
    long upto = told.map(Tick::upto).orElse(Long.MAX_VALUE);
    return Math.max(0, number(LAST_ID).orElse(0.0).longValue() - upto);
  }

  /// Seconds since the oldest message that this process has to tell was published; 0 when there is
  /// none.
  public double oldestAge() {
    double oldest = 0;
    for (Map.Entry<Integer, Shard> entry : shards.entrySet()) {
      Optional<Tick> told = entry.getValue().told();
      if (told.isPresent()) {
        long number = told.get().number();
        oldest = Math.max(oldest, number(UNTOLD, number, entry.getKey()).orElse(0.0));
        oldest = entry.getKey() > 0 ? oldest : Math.max(oldest, number(UNCUT).orElse(0.0));
      }
    }
    return oldest;
  }

  private Shard shard(int number) {
    return shards.computeIfAbsent(
        number,
        any -> {
          Shard shard = new Shard(number, tools, this::tidy);
          Background where = background;
          if (where != null) {
            shard.loop().start(where);
          }
          return shard;
        });
  }

  /// Opens the shards that have become ours. Another process may have made more of them than we
  /// know.
  private Duration openHeld() {
    if (!wanted) {
      tools.claims.want(CLAIM, tools.parts.options().shards(), this::heldChanged);
      wanted = true;
    }
    tools.claims.held(CLAIM).keySet().forEach(number -> shard(number).wake());
    tools.bell.changed();
    return tools.parts.options().lease();
  }

  private void heldChanged() {
    changed.raise();
  }

  private void tidy(Tick last, long epoch, boolean idle) {
    if (!idle) {
      shards.forEach((number, shard) -> {
        if (number > 0) {
          shard.wake();
        }
      });
    }
    boolean time = idle || last.number() % 100 == 0;
    if (last.complete() && last.number() > 0 && time && rotation.perhaps(last, epoch, this::told)) {
      tools.ticks.fold(last.number() - TICKS_KEPT);
    }
  }

  /// Shard 0 is at its end when it asks.
  private boolean told(Tick last) {
    return last.shards() == 1 || tools.teller.isTold(last);
  }

  private Optional<Double> number(String sql, long... parameters) {
    return tools
        .parts
        .database()
        .read(connection -> {
          try (var query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
              query.setLong(i + 1, parameters[i]);
            }
            return first(query);
          }
        });
  }

  private static Optional<Double> first(java.sql.PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      double value = rows.getDouble(1);
      return rows.wasNull() ? Optional.empty() : Optional.of(value);
    }
  }
}
