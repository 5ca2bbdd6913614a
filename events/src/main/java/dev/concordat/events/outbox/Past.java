package dev.concordat.events.outbox;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.claims.Claim;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;

/// Notices that the database is not the one it was: restored from a backup, so that the log
/// remembers more than it does, or loaded from a dump into another server, whose transaction ids
/// are others than those that the outbox has written down.
final class Past {
  /// Never on one server: ids only grow.
  private static final String FROM_THE_FUTURE =
      "select pg_snapshot_xmax(?::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())";

  private static final String AS_OF_NOW = "update concordat.outbox set xid = pg_current_xact_id()";
  private static final String BEGIN_AGAIN =
      """
      insert into concordat.tick
        (tick, previous, snapshot, after_id, upto_id, complete, shards, producer)
      values (?, ?::pg_snapshot, ?::pg_snapshot, 0, 0, true, ?, ?::uuid)
      """;

  private final Database database;
  private final Ticks ticks;
  private final Teller teller;
  private final Identity identity;

  Past(Database database, Ticks ticks, Teller teller) {
    this.database = database;
    this.ticks = ticks;
    this.teller = teller;
    this.identity = new Identity(database);
  }

  /// Makes database and log fit each other, as far as they do not.
  ///
  /// @return as whom the log is to know this database from now on
  String reconcile(long epoch, int shards) {
    Tick last = ticks.last();
    String producer = identity.producer();
    if (logKnowsMore(producer, last, Math.max(shards, last.shards()))) {
      // Under a new name nothing is taken for told; what is told twice is known by its message id.
      producer = identity.renew();
    }
    if (fromTheFuture(last)) {
      beginAgain(last, epoch, producer);
    }
    return producer;
  }

  private boolean logKnowsMore(String producer, Tick last, int shards) {
    for (int shard = 0; shard < shards; shard++) {
      if (teller.told(producer, shard) > last.number()) {
        return true;
      }
    }
    return false;
  }

  private boolean fromTheFuture(Tick last) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(FROM_THE_FUTURE)) {
        query.setString(1, last.snapshot());
        try (var rows = query.executeQuery()) {
          rows.next();
          return rows.getBoolean(1);
        }
      }
    });
  }

  /// Tells everything that the outbox still holds once more, in its order: which of it was told,
  /// the ids no longer say.
  private void beginAgain(Tick last, long epoch, String producer) {
    Tick again =
        new Tick(
            last.number() + 1,
            Tick.NOTHING_VISIBLE,
            Tick.NOTHING_VISIBLE,
            0,
            0,
            true,
            last.shards(),
            producer);
    database.transact(connection -> {
      if (!new Claim(Sequencer.CLAIM, 0, epoch).hold(connection)) {
        throw Failure.of(Code.ABORTED, "another process has become the sequencer");
      }
      try (var update = connection.createStatement()) {
        update.executeUpdate(AS_OF_NOW);
      }
      return store(connection, again);
    });
  }

  private static int store(Connection connection, Tick tick) throws SQLException {
    try (var insert = connection.prepareStatement(BEGIN_AGAIN)) {
      insert.setLong(1, tick.number());
      insert.setString(2, tick.previous());
      insert.setString(3, tick.snapshot());
      insert.setInt(4, tick.shards());
      insert.setString(5, tick.producer());
      return insert.executeUpdate();
    }
  }
}
