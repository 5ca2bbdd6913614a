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
import java.util.List;
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

  private static final String LAST =
      """
      select tick, previous::text, snapshot::text, after_id, upto_id, complete
      from concordat.tick
      order by tick desc
      limit 1
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
         limit ?)
        union all
        (select id from concordat.outbox
         where xid = any (array(select pg_snapshot_xip(?::pg_snapshot)))
         limit ?)
      ), found as (
        select count(*) as n, min(id) - 1 as after, max(id) as upto from fresh
      ), taken as (
        insert into concordat.tick (tick, previous, snapshot, after_id, upto_id, complete)
        select ?, ?::pg_snapshot, pg_current_snapshot(), after, upto, true
        from found,
             lateral (select from concordat.claim
                      where name = 'sequencer' and part = 0 and epoch = ?
                      for share) as held
        where n between 1 and ?
        returning snapshot)
      select n, after, upto, (select snapshot::text from taken) as snapshot from found
      """;

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
        insert into concordat.tick (tick, previous, snapshot, after_id, upto_id, complete)
        select ?, ?::pg_snapshot, visible.snapshot, after, upto, n < ?
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
      order by id
      """;
  private static final String FOLD = "delete from concordat.tick where tick < ?";

  private final Database database;

  Ticks(Database database) {
    this.database = database;
  }

  Tick last() {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(LAST);
          var rows = query.executeQuery()) {
        return rows.next()
            ? new Tick(
                rows.getLong(1),
                rows.getString(2),
                rows.getString(3),
                rows.getLong(4),
                rows.getLong(5),
                rows.getBoolean(6))
            : Tick.zero();
      }
    });
  }

  /// Cuts and stores the tick after this one; empty when there is nothing new.
  ///
  /// @throws Failure with [Code#ABORTED] when another process has become the sequencer
  Optional<Tick> next(Tick last, long epoch) {
    return database.read(connection -> {
      if (!last.complete()) {
        return Optional.of(takePart(connection, last, epoch));
      }
      Found found = take(connection, last, epoch);
      if (found.count == 0) {
        return Optional.empty();
      }
      return Optional.of(
          found.count <= SIZE
              ? found.tick(last, last.snapshot(), true)
              : takePart(connection, last, epoch));
    });
  }

  /// The messages of a tick, in the order in which they are told; always the same.
  List<Envelope> messages(Tick tick) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(ROWS)) {
        query.setLong(1, tick.after());
        query.setLong(2, tick.upto());
        query.setString(3, tick.snapshot());
        query.setString(4, tick.previous());
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

  private static Found take(Connection connection, Tick last, long epoch) throws SQLException {
    try (var take = connection.prepareStatement(TAKE)) {
      take.setString(1, last.snapshot());
      take.setInt(2, SIZE + 1);
      take.setString(3, last.snapshot());
      take.setInt(4, SIZE + 1);
      take.setLong(5, last.number() + 1);
      take.setString(6, last.snapshot());
      take.setLong(7, epoch);
      take.setInt(8, SIZE);
      return found(take);
    }
  }

  private static Tick takePart(Connection connection, Tick last, long epoch) throws SQLException {
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
      take.setLong(10, epoch);
      Found found = found(take);
      return found.tick(last, previous, found.count < SIZE);
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
    Tick tick(Tick last, String previous, boolean complete) {
      String taken =
          snapshot.orElseThrow(
              () -> Failure.of(Code.ABORTED, "another process has become the sequencer"));
      return new Tick(last.number() + 1, previous, taken, after, upto, complete);
    }
  }
}
