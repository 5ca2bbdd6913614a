package dev.concordat.events.outbox;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.LogRead;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cuts the outbox into ticks.
///
/// A reader that remembers the highest id it has seen loses what is committed later with a lower
/// one; a reader that orders by transaction id breaks the order of a key. The difference of two
/// snapshots, ordered by id, does neither: a transaction that waited for another's lock has the
/// higher id, and whatever becomes visible is in exactly one difference.
///
/// Source: PgQ (SkyTools).
final class Ticks {
  /// Messages in one tick at most.
  static final int SIZE = 1_000;

  private static final String COLUMNS =
      """
      select tick, previous::text, snapshot::text, after_id, upto_id, complete, shards,
             coalesce(tick.producer, identity.producer)::text as producer
      from concordat.identity left join concordat.tick as tick on true
      """;
  private static final String LAST = COLUMNS + " order by tick desc nulls last limit 1";
  private static final String AFTER =
      COLUMNS + " where tick > ? and shards > ? order by tick limit 1";
  private static final String NUMBERED = COLUMNS + " where tick = ?";
  private static final String PRODUCERS =
      """
      select coalesce(tick.producer, identity.producer)::text, max(tick)
      from concordat.tick as tick, concordat.identity
      group by 1
      """;

  /// What became visible since, when that fits into one tick. Only new transactions and those that
  /// were running at the previous snapshot are looked at: an old open transaction does not make it
  /// slower.
  private static final String TAKE =
      """
      with fresh as materialized (
        (select id from concordat.outbox
         where xid >= pg_snapshot_xmax(?::pg_snapshot)
         order by xid
         limit {size} + 1)
        union all
        (select id from concordat.outbox
         where xid = any (array(select pg_snapshot_xip(?::pg_snapshot)))
         limit {size} + 1)
      ), found as (
        select count(*) as n, min(id) - 1 as after, max(id) as upto from fresh
      ), taken as (
        insert into concordat.tick
          (tick, previous, snapshot, after_id, upto_id, complete, shards, producer)
        select ?, ?::pg_snapshot, pg_current_snapshot(), after, upto, true, ?, ?::uuid
        from found,
             lateral (select from concordat.claim
                      where name = 'sequencer' and part = 0 and epoch = ?
                      for share) as held
        where n between 1 and {size}
        returning snapshot)
      select n, after, upto, (select snapshot::text from taken) as snapshot from found
      """
          .replace("{size}", Integer.toString(SIZE));

  /// The beginning, or the next part, of more than fits into one tick, walking along the ids.
  private static final String TAKE_PART =
      """
      with visible as (
        select coalesce(?::pg_snapshot, pg_current_snapshot()) as snapshot
      ), fresh as (
        select id from concordat.outbox
        where id > ?
          and pg_visible_in_snapshot(xid, (select snapshot from visible))
          and not pg_visible_in_snapshot(xid, ?::pg_snapshot)
        order by id
        limit ?
      ), found as (
        select count(*) as n, ?::bigint as after, coalesce(max(id), ?) as upto from fresh
      ), taken as (
        insert into concordat.tick
          (tick, previous, snapshot, after_id, upto_id, complete, shards, producer)
        select ?, ?::pg_snapshot, visible.snapshot, after, upto, n < ?, ?, ?::uuid
        from visible, found,
             lateral (select from concordat.claim
                      where name = 'sequencer' and part = 0 and epoch = ?
                      for share) as held
        returning snapshot)
      select n, after, upto, (select snapshot::text from taken) as snapshot from found
      """;

  private static final String ROWS =
      """
      select message, source, topic, key, time, headers, payload from concordat.outbox
      where id > ? and id <= ?
        and pg_visible_in_snapshot(xid, ?::pg_snapshot)
        and not pg_visible_in_snapshot(xid, ?::pg_snapshot)
        {shard}
      order by id
      """;

  /// As hash partitioning does it: the same for the same key on every version and machine.
  private static final String SHARD =
      "and (hashtextextended(key, 0) & 9223372036854775807) % ? = ?";

  private static final String ALL_ROWS = ROWS.replace("{shard}", "");
  private static final String SHARD_ROWS = ROWS.replace("{shard}", SHARD);
  private static final String FOLD = "delete from concordat.tick where tick < ?";

  private final Database database;

  Ticks(Database database) {
    this.database = database;
  }

  /// The newest; the one before the first when there is none.
  Tick last() {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(LAST);
          var rows = query.executeQuery()) {
        rows.next();
        rows.getLong(1);
        return rows.wasNull() ? Tick.zero(rows.getString("producer")) : tick(rows);
      }
    });
  }

  /// The first one after this number that is told into a shard of this number.
  Optional<Tick> after(long number, int shard) {
    return one(AFTER, number, shard);
  }

  Optional<Tick> numbered(long number) {
    return one(NUMBERED, number);
  }

  /// The names that the stored ticks were cut under, each with its newest tick.
  Map<String, Long> producers() {
    return database.read(connection -> {
      Map<String, Long> producers = new HashMap<>();
      try (var query = connection.prepareStatement(PRODUCERS);
          var rows = query.executeQuery()) {
        while (rows.next()) {
          producers.put(rows.getString(1), rows.getLong(2));
        }
      }
      return producers;
    });
  }

  private Optional<Tick> one(String sql, long... parameters) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(sql)) {
        for (int i = 0; i < parameters.length; i++) {
          query.setLong(i + 1, parameters[i]);
        }
        try (var rows = query.executeQuery()) {
          return rows.next() ? Optional.of(tick(rows)) : Optional.empty();
        }
      }
    });
  }

  private static Tick tick(ResultSet row) throws SQLException {
    return new Tick(
        row.getLong("tick"),
        row.getString("previous"),
        row.getString("snapshot"),
        row.getLong("after_id"),
        row.getLong("upto_id"),
        row.getBoolean("complete"),
        row.getInt("shards"),
        row.getString("producer"));
  }

  /// Cuts and stores the tick after this one; empty when there is nothing new.
  ///
  /// @throws Failure with [Code#ABORTED] when another process has become the sequencer
  Optional<Tick> next(Tick last, Cut cut) {
    return database.read(connection -> {
      if (!last.complete()) {
        return Optional.of(takePart(connection, last, cut));
      }
      Found found = take(connection, last, cut);
      if (found.count == 0) {
        return Optional.empty();
      }
      return Optional.of(
          found.count <= SIZE
              ? found.tick(last, last.snapshot(), true, cut)
              : takePart(connection, last, cut));
    });
  }

  /// Who cuts, and for whom.
  ///
  /// @param epoch of the claim
  /// @param shards into how many parts the tick is told
  /// @param producer how the log knows this database
  record Cut(long epoch, int shards, String producer) {}

  /// The messages of a tick, in the order in which they are told; always the same.
  List<Envelope> messages(Tick tick, int shard) {
    boolean one = tick.shards() == 1;
    return database.read(connection -> {
      try (var query = connection.prepareStatement(one ? ALL_ROWS : SHARD_ROWS)) {
        query.setLong(1, tick.after());
        query.setLong(2, tick.upto());
        query.setString(3, tick.snapshot());
        query.setString(4, tick.previous());
        if (!one) {
          query.setInt(5, tick.shards());
          query.setInt(6, shard);
        }
        List<Envelope> messages = new ArrayList<>();
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            messages.add(LogRead.envelope(rows, rows.getString("topic")));
          }
        }
        return messages;
      }
    });
  }

  /// Forgets ticks long told. The last one stays: the next begins where it ended.
  void fold(long below) {
    database.read(connection -> {
      try (var delete = connection.prepareStatement(FOLD)) {
        delete.setLong(1, below);
        return delete.executeUpdate();
      }
    });
  }

  private static Found take(Connection connection, Tick last, Cut cut) throws SQLException {
    try (var take = connection.prepareStatement(TAKE)) {
      take.setString(1, last.snapshot());
      take.setString(2, last.snapshot());
      take.setLong(3, last.number() + 1);
      take.setString(4, last.snapshot());
      take.setInt(5, cut.shards);
      take.setString(6, cut.producer);
      take.setLong(7, cut.epoch);
      return found(take);
    }
  }

  private static Tick takePart(Connection connection, Tick last, Cut cut) throws SQLException {
    boolean goOn = !last.complete();
    String previous = goOn ? last.previous() : last.snapshot();
    long after = goOn ? last.upto() : 0;
    try (var take = connection.prepareStatement(TAKE_PART)) {
      take.setString(1, goOn ? last.snapshot() : null);
      take.setLong(2, after);
      take.setString(3, previous);
      take.setInt(4, SIZE);
      take.setLong(5, after);
      take.setLong(6, after);
      take.setLong(7, last.number() + 1);
      take.setString(8, previous);
      take.setInt(9, SIZE);
      take.setInt(10, cut.shards);
      take.setString(11, cut.producer);
      take.setLong(12, cut.epoch);
      Found found = found(take);
      return found.tick(last, previous, found.count < SIZE, cut);
    }
  }

  private static Found found(PreparedStatement take) throws SQLException {
    try (ResultSet row = take.executeQuery()) {
      row.next();
      String snapshot = row.getString("snapshot");
      return new Found(
          row.getLong("n"),
          row.getLong("after"),
          row.getLong("upto"),
          Optional.ofNullable(snapshot));
    }
  }

  /// What a look at the outbox gave; no snapshot when no tick was stored.
  private record Found(long count, long after, long upto, Optional<String> snapshot) {
    Tick tick(Tick last, String previous, boolean complete, Cut cut) {
      String taken =
          snapshot.orElseThrow(
              () -> Failure.of(Code.ABORTED, "another process has become the sequencer"));
      return new Tick(
          last.number() + 1, previous, taken, after, upto, complete, cut.shards, cut.producer);
    }
  }
}
