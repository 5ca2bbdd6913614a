package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Clock;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// The low-water mark of a queue, kept in the database: below it nothing lives and nothing ever
/// will. Whoever counts or starts begins there, and not at the first of the dead that an old
/// transaction keeps from being removed.
///
/// It rises in two steps. First a mark is made: the last place that was given out, the time, and
/// then a transaction number of our own. Whoever was given a lower place, or wrote a lease that
/// ends before that time, had his transaction's number before ours. When all those transactions
/// have ended, one statement looks for the first that lives: what it does not see below the mark is
/// not there and cannot come, because a task that becomes ready is given a new place.
///
/// Threads: one, the claim loop.
final class LowWater {
  private static final Duration BETWEEN = Duration.ofMillis(100);
  private static final Duration SELDOM = Duration.ofSeconds(5);
  private static final int SHARE = 50;
  private static final int KEPT = 10;

  private static final String NEWEST =
      """
      select generation, high, normal, low, leased_until from concordat.task_low_water
      where queue = ? order by generation desc limit 1
      """;

  private static final String GIVEN_OUT =
      """
      select case when is_called then last_value else 0 end, clock_timestamp()
      from concordat.task_place
      """;

  private static final String OUR_NUMBER = "select pg_current_xact_id()::text";

  private static final String FIRST_ALIVE =
      """
      select pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
        (select place from concordat.task
          where queue = q.name and state = 'ready' and priority = 0 and place > ?
          order by place limit 1) as high,
        (select place from concordat.task
          where queue = q.name and state = 'ready' and priority = 1 and place > ?
          order by place limit 1) as normal,
        (select place from concordat.task
          where queue = q.name and state = 'ready' and priority = 2 and place > ?
          order by place limit 1) as low,
        case when ? then (select leased_until from concordat.task
          where queue = q.name and state = 'leased' and leased_until > ?
          order by leased_until limit 1) end as leased_until
      from (values (?)) as q (name)
      """;

  private static final String RISE =
      """
      insert into concordat.task_low_water (queue, generation, high, normal, low, leased_until)
      values (?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private static final String FORGET =
      "delete from concordat.task_low_water where queue = ? and generation <= ?";

  private final Database database;
  private final Clock clock;
  private final String queue;
  private final Duration lease;
  private Level level = Level.BOTTOM;
  private @Nullable Mark mark;
  private long next;
  private Duration pause = BETWEEN;
  private long nextLeases;
  private OffsetDateTime risen = Lookback.BEGINNING;

  LowWater(Database database, Clock clock, Queue<?> queue) {
    this.database = database;
    this.clock = clock;
    this.queue = queue.name();
    this.lease = queue.lease();
    this.next = clock.nanos();
    this.nextLeases = next;
  }

  /// How high it stands.
  ///
  /// @param places the ready ones of each priority are above
  /// @param leasedUntil leases end later
  record Level(long generation, Places places, OffsetDateTime leasedUntil) {
    static final Level BOTTOM = new Level(0, Places.NONE, Lookback.BEGINNING);
  }

  /// What was given out before this transaction had its number.
  private record Mark(long transaction, long place, OffsetDateTime time) {}

  /// The newest that anybody has written.
  static Level newest(Connection connection, String queue) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(NEWEST)) {
      query.setString(1, queue);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? new Level(
                row.getLong("generation"),
                new Places(row.getLong("high"), row.getLong("normal"), row.getLong("low")),
                row.getObject("leased_until", OffsetDateTime.class))
            : Level.BOTTOM;
      }
    }
  }

  /// Lets it rise when it is time to look and it can.
  void tend() {
    long now = clock.nanos();
    if (now - next < 0) {
      return;
    }
    Level before = level;
    database.transact(c -> {
      Plans.byIndex(c);
      rise(c);
      return level;
    });
    long ended = clock.nanos();
    boolean rose = !level.places().equals(before.places());
    Duration longer = pause.multipliedBy(2);
    pause = rose ? BETWEEN : longer.compareTo(SELDOM) < 0 ? longer : SELDOM;
    next = ended + Math.max(pause.toNanos(), SHARE * (ended - now));
  }

  /// One step: looks whether the last mark can be trusted by now, and makes the next one.
  void rise(Connection connection) throws SQLException {
    level = newest(connection, queue);
    Mark made = mark;
    if (made != null && !risen(connection, made)) {
      return;
    }
    mark = mark(connection);
  }

  private boolean risen(Connection connection, Mark made) throws SQLException {
    long now = clock.nanos();
    boolean leases = now - nextLeases >= 0;
    Level then;
    try (PreparedStatement query = connection.prepareStatement(FIRST_ALIVE)) {
      query.setLong(1, level.places().high());
      query.setLong(2, level.places().normal());
      query.setLong(3, level.places().low());
      query.setBoolean(4, leases);
      query.setObject(5, level.leasedUntil());
      query.setString(6, queue);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        if (Long.parseLong(row.getString("oldest")) <= made.transaction()) {
          return false;
        }
        then = new Level(level.generation() + 1, places(row, made), leasedUntil(row, made, leases));
      }
    }
    if (leases) {
      nextLeases = now + SELDOM.toNanos();
    }
    if (!then.places().equals(level.places())) {
      risen = made.time();
    }
    if (worthWriting(then)) {
      write(connection, then);
      level = then;
    }
    return true;
  }

  /// Where nothing happens, nothing is written: the time only until it has passed the leases of
  /// those that were there when the places rose.
  private boolean worthWriting(Level then) {
    return !then.places().equals(level.places())
        || then.leasedUntil().isBefore(level.leasedUntil())
        || (!then.leasedUntil().equals(level.leasedUntil())
            && level.leasedUntil().isBefore(risen.plus(lease)));
  }

  private Places places(ResultSet row, Mark made) throws SQLException {
    Places places = level.places();
    String[] names = {"high", "normal", "low"};
    for (int priority = 0; priority < Places.PRIORITIES; priority++) {
      long first = row.getLong(names[priority]);
      long below = row.wasNull() ? made.place() : Math.min(made.place(), first - 1);
      places = places.with(priority, Math.max(places.of(priority), below));
    }
    return places;
  }

  private OffsetDateTime leasedUntil(ResultSet row, Mark made, boolean looked) throws SQLException {
    OffsetDateTime time = made.time();
    if (time.isBefore(level.leasedUntil())) {
      return Lookback.BEGINNING; // the database's clock was set back
    }
    if (!looked) {
      return level.leasedUntil();
    }
    OffsetDateTime first = row.getObject("leased_until", OffsetDateTime.class);
    return first == null || first.isAfter(time) ? time : first.minusNanos(1_000);
  }

  private Mark mark(Connection connection) throws SQLException {
    long place;
    OffsetDateTime time;
    try (PreparedStatement query = connection.prepareStatement(GIVEN_OUT);
        ResultSet row = query.executeQuery()) {
      row.next();
      place = row.getLong(1);
      time = row.getObject(2, OffsetDateTime.class);
    }
    try (PreparedStatement query = connection.prepareStatement(OUR_NUMBER);
        ResultSet row = query.executeQuery()) {
      row.next();
      return new Mark(Long.parseLong(row.getString(1)), place, time);
    }
  }

  private void write(Connection connection, Level then) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(RISE)) {
      insert.setString(1, queue);
      insert.setLong(2, then.generation());
      insert.setLong(3, then.places().high());
      insert.setLong(4, then.places().normal());
      insert.setLong(5, then.places().low());
      insert.setObject(6, then.leasedUntil());
      insert.executeUpdate();
    }
    if (then.generation() % KEPT == 0) {
      try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
        delete.setString(1, queue);
        delete.setLong(2, then.generation() - KEPT);
        delete.executeUpdate();
      }
    }
  }
}
