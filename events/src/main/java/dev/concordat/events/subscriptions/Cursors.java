package dev.concordat.events.subscriptions;

import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How far a subscription has come, by partition. A ledger: each batch adds a row, nothing is
/// updated, so that a long-running report elsewhere in the database does not slow it down.
final class Cursors {
  private static final String READ =
      """
      select position from concordat.cursor
      where subscription = ? and part = ?
      order by generation desc
      limit 1
      """;

  /// Adds only for partitions whose claim still has the epoch, and says which those are.
  private static final String ADVANCE =
      """
      with held as (
        select claim.part, moved.position
        from unnest(?::int[], ?::bigint[], ?::bigint[]) as moved(part, epoch, position)
          join concordat.claim
            on claim.name = ? and claim.part = moved.part and claim.epoch = moved.epoch
        for share of claim
      )
      insert into concordat.cursor (subscription, part, generation, position)
      select ?, held.part,
             coalesce((select max(generation) from concordat.cursor as last
                       where last.subscription = ? and last.part = held.part), 0) + 1,
             held.position
      from held
      returning part
      """;

  private static final String FOLD =
      """
      delete from concordat.cursor as old
      using (select part, max(generation) as newest from concordat.cursor
             where subscription = ? group by part) as last
      where old.subscription = ? and old.part = last.part and old.generation < last.newest - 10
      """;

  private final Database database;
  private final int subscription;
  private final String claim;

  Cursors(Database database, int subscription, String claim) {
    this.database = database;
    this.subscription = subscription;
    this.claim = claim;
  }

  /// A partition's new position.
  record Move(int part, long epoch, long position) {}

  Optional<Long> read(int part) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(READ)) {
        query.setInt(1, subscription);
        query.setInt(2, part);
        try (var rows = query.executeQuery()) {
          return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
        }
      }
    });
  }

  /// Moves on.
  ///
  /// @return the partitions that are still ours; the others have not moved
  Set<Integer> advance(List<Move> moves) {
    return database.read(connection -> advance(connection, moves));
  }

  void fold() {
    database.read(connection -> {
      try (var delete = connection.prepareStatement(FOLD)) {
        delete.setInt(1, subscription);
        delete.setInt(2, subscription);
        return delete.executeUpdate();
      }
    });
  }

  private Set<Integer> advance(Connection connection, List<Move> moves) throws SQLException {
    try (var insert = connection.prepareStatement(ADVANCE)) {
      insert.setArray(1, connection.createArrayOf("int", moves.stream().map(Move::part).toArray()));
      insert.setArray(
          2, connection.createArrayOf("bigint", moves.stream().map(Move::epoch).toArray()));
      insert.setArray(
          3, connection.createArrayOf("bigint", moves.stream().map(Move::position).toArray()));
      insert.setString(4, claim);
      insert.setInt(5, subscription);
      insert.setInt(6, subscription);
      Set<Integer> moved = new HashSet<>();
      try (var rows = insert.executeQuery()) {
        while (rows.next()) {
          moved.add(rows.getInt(1));
        }
      }
      return moved;
    }
  }
}
