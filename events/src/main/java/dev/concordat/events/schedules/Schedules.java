package dev.concordat.events.schedules;

import dev.concordat.contract.Queue;
import dev.concordat.contract.Task;
import dev.concordat.core.Background;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.Stamp;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.SqlFailures;
import dev.concordat.events.tasks.TaskRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Asks for tasks by the clock: all processes look, and whoever moves a schedule on to its next
/// time has asked, in the same transaction. The clock is the database's, so the machines' clocks do
/// not matter, and the next time only ever moves forward: a clock that is set back asks for nothing
/// twice.
public final class Schedules {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(10);
  private static final Duration LATE = Duration.ofMinutes(1);

  private static final String NOW = "select clock_timestamp()";

  /// What is written otherwise than before begins anew.
  private static final String DEFINE =
      """
      insert into concordat.schedule as s (name, queue, cron, zone, next_at) values (?, ?, ?, ?, ?)
      on conflict (name) do update
      set queue = excluded.queue, cron = excluded.cron, zone = excluded.zone,
          next_at = excluded.next_at
      where s.queue <> excluded.queue or s.cron <> excluded.cron or s.zone <> excluded.zone
      """;

  /// Two processes do not wait for each other: who finds it locked finds it moved on later.
  private static final String DUE =
      """
      select name, next_at, clock_timestamp() as now, paused_at is not null as paused
      from concordat.schedule
      where name = ? and next_at <= clock_timestamp() for update skip locked
      """;

  private static final String MOVE_ON =
      """
      update concordat.schedule s
      set next_at = moved.next_at, last_at = clock_timestamp(), last_task = moved.task
      from (values (?::timestamptz, ?::text, ?::uuid)) as moved (next_at, name, task)
      where s.name = moved.name
      """;

  private static final String LEAVE_OUT =
      "update concordat.schedule set next_at = ? where name = ?";

  private static final String RAN =
      "update concordat.schedule set last_at = clock_timestamp(), last_task = ? where name = ?";

  private static final String PAUSE =
      """
      update concordat.schedule
      set paused_by = ?, paused_because = ?, paused_at = clock_timestamp()
      where name = ? and paused_at is null
      """;

  private static final String RESUME =
      """
      update concordat.schedule set paused_by = null, paused_because = null, paused_at = null
      where name = ? and paused_at is not null
      """;

  private static final String NEXT =
      """
      select extract(epoch from min(next_at) - clock_timestamp()) * 1000
      from concordat.schedule where name = any (?)
      """;

  private static final String LIST = "select * from concordat.schedule order by name";

  private final Parts parts;
  private final JdbcTransaction.Enqueuer enqueuer;
  private final Map<String, Defined> defined = new ConcurrentHashMap<>();
  private final Background background;
  private final Loop loop;
  private boolean known;

  public Schedules(Parts parts, JdbcTransaction.Enqueuer enqueuer) {
    this.parts = parts;
    this.enqueuer = enqueuer;
    this.background = new Background("schedules." + parts.owner());
    this.loop = new Loop("schedules", new Signal(), parts.observer(), this::look);
  }

  private record Defined(
      String name, String queue, Cron cron, Missed missed, Supplier<? extends Task<?>> task) {}

  /// Says what is asked for when. Before [#start()].
  ///
  /// @param task of this service or another
  public <T extends Task<?>> void define(
      String name, Class<T> type, Cron cron, Missed missed, Supplier<? extends T> task) {
    String queue = Queue.of(com.google.protobuf.Internal.getDefaultInstance(type)).name();
    if (defined.putIfAbsent(name, new Defined(name, queue, cron, missed, task)) != null) {
      throw new IllegalArgumentException("there are two schedules with the name " + name);
    }
  }

  /// All that this service has ever defined, by name.
  public List<ScheduleView> list() {
    return parts.database().read(Schedules::list);
  }

  /// Whether this process has it in its code.
  public boolean defines(String name) {
    return defined.containsKey(name);
  }

  /// Asks for the task of a schedule now, beside its times: the next time stays what it is.
  ///
  /// @return the task; empty when this process has no such schedule
  public Optional<TaskRef> run(String name) {
    Defined schedule = defined.get(name);
    if (schedule == null) {
      return Optional.empty();
    }
    try (JdbcTransaction<?> tx = JdbcTransaction.begin(parts, enqueuer)) {
      TaskRef task = tx.enqueue(schedule.task().get());
      try (PreparedStatement update = tx.connection().prepareStatement(RAN)) {
        update.setObject(1, task.id());
        update.setString(2, name);
        update.executeUpdate();
      }
      tx.commit();
      return Optional.of(task);
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  /// Lets its times pass without asking for anything, in all processes, until [#resume]. [#run]
  /// asks all the same.
  ///
  /// @param by who wants it, for the record
  /// @return false when it was paused already, or the database knows no such schedule
  public boolean pause(String name, String by, String reason) {
    return update(PAUSE, by, reason, name) == 1;
  }

  /// Asks again from its next time on; times that have passed meanwhile are not made up for.
  ///
  /// @return false when it was not paused
  public boolean resume(String name) {
    return update(RESUME, name) == 1;
  }

  private int update(String sql, String... values) {
    return parts
        .database()
        .read(c -> {
          try (PreparedStatement update = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
              update.setString(i + 1, values[i]);
            }
            return update.executeUpdate();
          }
        });
  }

  public void start() {
    if (!defined.isEmpty()) {
      loop.start(background);
    }
  }

  public void stop() {
    loop.stop();
    var _ = background.stop(Duration.ofSeconds(5));
  }

  /// Asks for what is due.
  ///
  /// @return how long until the next look
  Duration look() {
    if (!known) {
      defined.values().forEach(this::define);
      known = true;
    }
    defined.values().forEach(this::ask);
    long left = parts.database().read(c -> untilNext(c, defined.keySet().toArray()));
    return Duration.ofMillis(Math.clamp(left, SHORTEST_LOOK.toMillis(), LONGEST_LOOK.toMillis()));
  }

  private void define(Defined schedule) {
    parts
        .database()
        .transact(c -> {
          try (PreparedStatement insert = c.prepareStatement(DEFINE)) {
            insert.setString(1, schedule.name());
            insert.setString(2, schedule.queue());
            insert.setString(3, schedule.cron().text());
            insert.setString(4, schedule.cron().zone().getId());
            insert.setObject(5, Stamp.of(schedule.cron().next(now(c))));
            return insert.executeUpdate();
          }
        });
  }

  private void ask(Defined schedule) {
    try (JdbcTransaction<?> tx = JdbcTransaction.begin(parts, enqueuer)) {
      if (askIfDue(tx, schedule)) {
        tx.commit();
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  private boolean askIfDue(JdbcTransaction<?> tx, Defined schedule) throws SQLException {
    Instant due;
    Instant now;
    boolean paused;
    try (PreparedStatement query = tx.connection().prepareStatement(DUE)) {
      query.setString(1, schedule.name());
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return false;
        }
        due = row.getObject("next_at", OffsetDateTime.class).toInstant();
        now = row.getObject("now", OffsetDateTime.class).toInstant();
        paused = row.getBoolean("paused");
      }
    }
    boolean missed = Duration.between(due, now).compareTo(LATE) > 0;
    if (paused || (missed && schedule.missed() == Missed.NONE)) {
      move(tx.connection(), LEAVE_OUT, schedule, now, Optional.empty());
    } else {
      TaskRef task = tx.enqueue(schedule.task().get());
      move(tx.connection(), MOVE_ON, schedule, now, Optional.of(task.id()));
    }
    return true;
  }

  private static void move(
      Connection connection, String how, Defined schedule, Instant now, Optional<UUID> task)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(how)) {
      update.setObject(1, Stamp.of(schedule.cron().next(now)));
      update.setString(2, schedule.name());
      if (task.isPresent()) {
        update.setObject(3, task.get());
      }
      update.executeUpdate();
    }
  }

  private static Instant now(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(NOW);
        ResultSet row = query.executeQuery()) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  private static long untilNext(Connection connection, Object[] names) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(NEXT)) {
      query.setArray(1, connection.createArrayOf("text", names));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static List<ScheduleView> list(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LIST);
        ResultSet row = query.executeQuery()) {
      List<ScheduleView> views = new ArrayList<>();
      while (row.next()) {
        views.add(
            new ScheduleView(
                row.getString("name"),
                row.getString("queue"),
                row.getString("cron"),
                row.getString("zone"),
                row.getObject("next_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("last_at", OffsetDateTime.class))
                    .map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getObject("last_task", UUID.class)),
                pause(row)));
      }
      return views;
    }
  }

  private static Optional<ScheduleView.Pause> pause(ResultSet row) throws SQLException {
    OffsetDateTime since = row.getObject("paused_at", OffsetDateTime.class);
    return since == null
        ? Optional.empty()
        : Optional.of(
            new ScheduleView.Pause(
                row.getString("paused_by"), row.getString("paused_because"), since.toInstant()));
  }
}
