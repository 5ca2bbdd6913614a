package dev.concordat.events.subscriptions;

import dev.concordat.events.claims.Claim;
import dev.concordat.events.log.Broker;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which messages have left the log's path: applied, parked, or given up on. A mark is written in
/// the transaction of the effect, so that both are there or neither is.
///
/// There is a table for each day on which messages were published; the same message always belongs
/// to the same day, also when it stands in the log twice. Tables of days that the log has forgotten
/// are dropped.
public final class Inbox {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuuMMdd");
  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtextextended('concordat.inbox', 0))";
  private static final String MAKE =
      """
      create table if not exists concordat.inbox_{day} (
        subscription int not null,
        message uuid not null,
        primary key (subscription, message)
      )
      """;
  private static final String MARK =
      """
      with held as (
        select from concordat.claim where name = ? and part = ? and epoch = ?
      ), marked as (
        insert into concordat.inbox_{day} (subscription, message)
        select ?, ?::uuid from held
        on conflict do nothing
        returning 1)
      select (select count(*) from held), (select count(*) from marked),
             set_config('statement_timeout', ?, true),
             set_config('idle_in_transaction_session_timeout', ?, true)
      """;
  private static final String OLD =
      """
      select table_name from information_schema.tables
      where table_schema = 'concordat' and table_name like 'inbox\\_%' and table_name < ?
      """;

  private final Database database;
  private final Set<LocalDate> days = ConcurrentHashMap.newKeySet();

  public Inbox(Database database) {
    this.database = database;
  }

  /// What a look into the inbox gave.
  enum Mark {
    /// Marked now: apply it.
    FRESH,
    /// It was marked before: nothing to do.
    SEEN,
    /// The partition belongs to another process.
    LOST
  }

  /// Marks the message, and lets no later statement of the transaction take longer than the limit.
  Mark mark(
      Connection connection, Claim claim, int subscription, Broker.Logged message, Duration limit)
      throws SQLException {
    String millis = Long.toString(Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE));
    try (var mark = connection.prepareStatement(of(MARK, day(message)))) {
      mark.setString(1, claim.name());
      mark.setInt(2, claim.part());
      mark.setLong(3, claim.epoch());
      mark.setInt(4, subscription);
      mark.setObject(5, message.message().id());
      mark.setString(6, millis);
      mark.setString(7, millis);
      try (var row = mark.executeQuery()) {
        row.next();
        if (row.getLong(1) == 0) {
          return Mark.LOST;
        }
        return row.getLong(2) == 1 ? Mark.FRESH : Mark.SEEN;
      }
    }
  }

  /// Makes sure that there is a table for this message.
  void prepare(Broker.Logged message) {
    LocalDate day = day(message);
    if (days.contains(day)) {
      return;
    }
    database.transact(connection -> {
      try (var statement = connection.createStatement()) {
        statement.execute(LOCK);
        return statement.execute(of(MAKE, day));
      }
    });
    days.add(day);
  }

  /// Drops the tables of days before this one.
  public void drop(LocalDate before) {
    database.transact(connection -> {
      try (var query = connection.prepareStatement(OLD)) {
        query.setString(1, "inbox_" + DAY.format(before));
        try (var rows = query.executeQuery();
            var drop = connection.createStatement()) {
          while (rows.next()) {
            drop.execute("drop table concordat." + rows.getString(1));
          }
        }
      }
      return true;
    });
    days.removeIf(day -> day.isBefore(before));
  }

  /// The day on which the message was published, for it may stand in the log twice, appended on two
  /// days. When the publisher's clock was wrong by more than a day, or it came late, the day of its
  /// appending: then its table is there for as long as the log has it.
  private static LocalDate day(Broker.Logged message) {
    LocalDate told = day(message.message().time());
    LocalDate appended = day(message.appendedAt());
    boolean near = !told.isAfter(appended.plusDays(1)) && !told.isBefore(appended.minusDays(1));
    return near ? told : appended;
  }

  private static LocalDate day(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static String of(String sql, LocalDate day) {
    return sql.replace("{day}", DAY.format(day));
  }
}
