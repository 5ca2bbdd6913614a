package dev.concordat.events.tasks;

import com.google.protobuf.ByteString;
import dev.concordat.core.Priority;
import dev.concordat.events.Stamp;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.Headers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// How tasks get to a worker: put in, brought up when due, claimed, and noticed when a worker died.
final class TaskClaims {
  /// Rows that one statement touches at most.
  static final int BATCH = 256;

  private static final String INSERT =
      """
      insert into concordat.task
        (message, source, queue, key, unique_value, priority, state, due_at, time, headers, payload)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  private static final String BRING_UP_DUE =
      """
      update concordat.task set state = 'ready'
      where id in (
        select id from concordat.task
        where queue = ? and state = 'later' and due_at <= now()
        order by due_at limit ?
        for update skip locked)
      """;

  /// Of one key only the first is leased. The others step aside ('behind'), so that no later claim
  /// reads past them; whoever takes the first one away brings the next one up. For that to happen
  /// in all races, the row that a task stands behind is locked until the mark is committed: when
  /// that row is on its way out, the task is left as it is for the next claim.
  private static final String CLAIM =
      """
      with candidate as materialized (
        select id, key, priority, due_at from concordat.task
        where queue = ? and state = 'ready'
        order by priority, due_at, id limit ?
        for update skip locked),
      hindered as materialized (
        select c.id, c.key from candidate c
        where c.key is not null and exists (
          select from concordat.task before
          where before.queue = ? and before.key = c.key and before.id < c.id)),
      held as materialized (
        select h.id from hindered h cross join lateral (
          select from concordat.task before
          where before.queue = ? and before.key = h.key and before.id < h.id
          order by before.id limit 1
          for key share skip locked) as anchor),
      aside as (
        update concordat.task t set state = 'behind' from held where t.id = held.id
        returning t.id),
      leased as (
        update concordat.task t
        set state = 'leased', token = token + 1, attempt = attempt + 1, unique_value = null,
            leased_until = clock_timestamp() + ?::interval, worker = ?
        from (
          select id from candidate where id not in (select id from hindered)
          order by priority, due_at, id limit ?) head
        where t.id = head.id
        returning t.*)
      select (select count(*) from aside) as aside, leased.*
      from (values (1)) as one left join leased on true
      order by priority, due_at, id
      """;

  private static final String EXPIRED =
      """
      select id, token, message, key, attempt, headers, payload from concordat.task
      where queue = ? and state = 'leased' and leased_until <= now()
      order by id limit ?
      """;

  /// Bounded, so that looking at a long queue does not slow it down further.
  private static final String LENGTH =
      """
      select
        (select count(*) from (select from concordat.task
          where queue = ? and state in ('ready', 'behind') limit 10000) as waiting),
        (select count(*) from (select from concordat.task
          where queue = ? and state = 'later' limit 10000) as later),
        (select count(*) from (select from concordat.task
          where queue = ? and state = 'leased' limit 10000) as leased)
      """;

  private TaskClaims() {}

  /// Puts the task into its queue, unless one with the same unique value waits.
  static boolean insert(Connection connection, NewTask task) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      Envelope envelope = task.envelope();
      insert.setObject(1, envelope.id());
      insert.setString(2, envelope.source());
      insert.setString(3, envelope.topic());
      insert.setString(4, task.key().orElse(null));
      insert.setString(5, task.uniqueValue().orElse(null));
      insert.setInt(6, rank(task.priority()));
      insert.setString(7, task.due().isPresent() ? "later" : "ready");
      insert.setObject(8, Stamp.of(task.due().orElse(envelope.time())));
      insert.setObject(9, Stamp.of(envelope.time()));
      insert.setString(10, Headers.write(envelope.headers()));
      insert.setBytes(11, envelope.payload().toByteArray());
      return insert.executeUpdate() == 1;
    }
  }

  /// Makes claimable what is due.
  static int bringUpDue(Connection connection, String queue) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(BRING_UP_DUE)) {
      update.setString(1, queue);
      update.setInt(2, BATCH);
      return update.executeUpdate();
    }
  }

  /// Claims up to this many tasks.
  static Claim claim(Connection connection, String queue, int limit, UUID worker, Duration lease)
      throws SQLException {
    try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
      claim.setString(1, queue);
      claim.setInt(2, Math.max(limit, BATCH));
      claim.setString(3, queue);
      claim.setString(4, queue);
      claim.setString(5, lease.toString());
      claim.setObject(6, worker);
      claim.setInt(7, limit);
      try (ResultSet rows = claim.executeQuery()) {
        List<ClaimedTask> tasks = new ArrayList<>();
        int aside = 0;
        while (rows.next()) {
          aside = rows.getInt("aside");
          if (rows.getObject("id") != null) {
            tasks.add(read(rows));
          }
        }
        return new Claim(tasks, aside);
      }
    }
  }

  /// Tasks whose worker has not renewed its lease.
  static List<ClaimedTask> expired(Connection connection, String queue) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(EXPIRED)) {
      query.setString(1, queue);
      query.setInt(2, BATCH);
      try (ResultSet rows = query.executeQuery()) {
        List<ClaimedTask> tasks = new ArrayList<>();
        while (rows.next()) {
          tasks.add(read(rows));
        }
        return tasks;
      }
    }
  }

  static QueueLength length(Connection connection, String queue) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LENGTH)) {
      query.setString(1, queue);
      query.setString(2, queue);
      query.setString(3, queue);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return new QueueLength(queue, row.getLong(1), row.getLong(2), row.getLong(3));
      }
    }
  }

  private static int rank(Priority priority) {
    return switch (priority) {
      case HIGH -> 0;
      case NORMAL -> 1;
      case LOW -> 2;
    };
  }

  private static ClaimedTask read(ResultSet row) throws SQLException {
    return new ClaimedTask(
        row.getLong("id"),
        row.getLong("token"),
        row.getObject("message", UUID.class),
        Optional.ofNullable(row.getString("key")),
        row.getInt("attempt"),
        Headers.read(row.getString("headers")),
        ByteString.copyFrom(row.getBytes("payload")));
  }

  /// What a claim brought.
  ///
  /// @param aside tasks that stepped aside; when there were some, another claim may find more
  record Claim(List<ClaimedTask> tasks, int aside) {}
}
