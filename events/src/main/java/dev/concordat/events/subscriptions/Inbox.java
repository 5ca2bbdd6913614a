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
import java.util.List;
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

  /// The limits first, because the marks may already have to wait for another process: that of a
  /// claim that has just changed hands. When it commits, this fails, which is settled one by one.
  /// (`on conflict` would not fail, and write twice as much; `not exists` would be planned as a
  /// join while the table is small, and that plan kept.)
  private static final String MARK_ALL =
      """
      select set_config('statement_timeout', ?, true),
             set_config('idle_in_transaction_session_timeout', ?, true),
             set_config('lock_timeout', ?, true);
      with wanted as (
        select * from unnest(?::int[], ?::bigint[], ?::uuid[]) as t(part, epoch, message)
      ), held as (
        select wanted.message from wanted
          join concordat.claim
            on claim.name = ? and claim.part = wanted.part and claim.epoch = wanted.epoch
      ), marked as (
        insert into concordat.inbox_{day} (subscription, message)
        select asked.subscription, message from held, (select ?::int) as asked (subscription)
        where (select count(*) from concordat.inbox_{day} as seen
               where seen.subscription = asked.subscription and seen.message = held.message) = 0
        order by message
        returning 1)
      select (select count(*) from held), (select count(*) from marked)
      """;

  private static final String UNMARK =
      "delete from concordat.inbox_{day} where subscription = ? and message = any (?)";
  private static final String SEEN =
      """
      select exists (select from concordat.claim where name = ? and part = ? and epoch = ?),
             exists (select from concordat.inbox_{day} where subscription = ? and message = ?)
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

  /// Marks messages of one day, and lets no later statement of the transaction take longer than the
  /// limit, nor wait longer for a lock than the patience.
  ///
  /// @return whether all are to be applied: none has been, and no partition belongs to another
  ///   process
  boolean markAll(Connection connection, int subscription, List<Job.Fresh> jobs, Limits limits)
      throws SQLException {
    LocalDate day = day(jobs.getFirst().logged());
    try (var mark = connection.prepareStatement(of(MARK_ALL, day))) {
      String millis = Long.toString(Math.clamp(limits.time.toMillis(), 1, Integer.MAX_VALUE));
      mark.setString(1, millis);
      mark.setString(2, millis);
      mark.setString(3, Long.toString(limits.patience.toMillis()));
      mark.setArray(
          4,
          connection.createArrayOf(
              "int", jobs.stream().map(job -> job.partition().number()).toArray()));
      mark.setArray(
          5,
          connection.createArrayOf(
              "bigint", jobs.stream().map(job -> job.partition().claim().epoch()).toArray()));
      mark.setArray(6, connection.createArrayOf("uuid", ids(jobs)));
      mark.setString(7, jobs.getFirst().partition().claim().name());
      mark.setInt(8, subscription);
      mark.execute();
      if (!mark.getMoreResults()) {
        throw new SQLException("the marks have no result");
      }
      try (var row = mark.getResultSet()) {
        row.next();
        return row.getLong(1) == jobs.size() && row.getLong(2) == jobs.size();
      }
    }
  }

  /// How long the statements of a transaction may take.
  ///
  /// @param time each
  /// @param patience of which so much waiting for a lock
  record Limits(Duration time, Duration patience) {}

  /// Takes marks of this transaction back.
  void unmark(Connection connection, int subscription, List<Job.Fresh> jobs) throws SQLException {
    LocalDate day = day(jobs.getFirst().logged());
    try (var delete = connection.prepareStatement(of(UNMARK, day))) {
      delete.setInt(1, subscription);
      delete.setArray(2, connection.createArrayOf("uuid", ids(jobs)));
      delete.executeUpdate();
    }
  }

  /// Whether a message is to be handled, without marking it.
  Mark look(Connection connection, Claim claim, int subscription, Broker.Logged message)
      throws SQLException {
    try (var query = connection.prepareStatement(of(SEEN, day(message)))) {
      query.setString(1, claim.name());
      query.setInt(2, claim.part());
      query.setLong(3, claim.epoch());
      query.setInt(4, subscription);
      query.setObject(5, message.message().id());
      try (var row = query.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          return Mark.LOST;
        }
        return row.getBoolean(2) ? Mark.SEEN : Mark.FRESH;
      }
    }
  }

  /// Whether the marks of both stand in the same table.
  static boolean sameDay(Broker.Logged one, Broker.Logged other) {
    return day(one).equals(day(other));
  }

  private static Object[] ids(List<Job.Fresh> jobs) {
    return jobs.stream().map(job -> job.logged().message().id()).toArray();
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
