package dev.concordat.events.tasks;

import dev.concordat.events.deadletters.DeadLetter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// How claimed tasks end: done, tried again, given up on, given back; and how their leases are
/// renewed. Every statement names the token of the claim and does nothing when it is an old one.
final class TaskSettlement {
  /// The rows are locked in the order of the claims, which is that of their ids, so that two
  /// batches cannot wait for each other.
  private static final String DONE =
      """
      with mine as materialized (
        select t.id from unnest(?::bigint[], ?::bigint[]) as claim (id, token) cross join lateral (
          select id from concordat.task
          where id = claim.id and token = claim.token for update) as t)
      delete from concordat.task t using mine where t.id = mine.id
      returning t.id, t.queue, t.key
      """;

  /// The same where it is remembered.
  private static final String DONE_REMEMBERED =
      """
      with mine as materialized (
        select t.id from unnest(?::bigint[], ?::bigint[]) as claim (id, token) cross join lateral (
          select id from concordat.task
          where id = claim.id and token = claim.token for update) as t),
      gone as (
        delete from concordat.task t using mine where t.id = mine.id
        returning t.id, t.queue, t.key, t.message),
      ended as (
        insert into concordat.task_ended (message, queue, state, note, until)
        select message, queue, 'done', '', clock_timestamp() + ?::interval from gone
        on conflict (message) do nothing)
      select id, queue, key from gone
      """;

  private static final String AGAIN =
      """
      update concordat.task
      set state = 'later', token = token + 1, leased_until = null, worker = null,
          due_at = clock_timestamp() + ?::interval, attempts = attempts || ?::text[],
          attempt = attempt - ?
      where id = ? and token = ?
      """;

  private static final String GIVE_BACK =
      """
      update concordat.task
      set state = 'ready', token = token + 1, leased_until = null, worker = null,
          attempt = attempt - 1
      where id = ? and token = ?
      """;

  private static final String BURY =
      """
      with gone as (
        delete from concordat.task where id = ? and token = ? returning *),
      dead as (
        insert into concordat.dead_letter
          (kind, name, place, message, source, topic, key, time, headers, payload, reason, stack,
           attempts)
        select 'task', queue, priority || case when key is null then ' free' else ' keyed' end,
               message, source, queue, coalesce(key, message::text), time, headers, payload,
               ?, ?, attempts || ?::text
        from gone)
      select id, queue, key from gone
      """;

  /// Back at the end of its queue, with all attempts before it.
  private static final String REDRIVE =
      """
      insert into concordat.task
        (message, source, queue, key, priority, state, due_at, time, headers, payload)
      select message, source, name, case when place like '% keyed' then key end,
             split_part(place, ' ', 1)::smallint, 'ready', now(), time, ?, payload
      from concordat.dead_letter where id = ? and kind = 'task'
      """;

  private static final String BRING_UP_NEXT =
      """
      update concordat.task t set state = 'ready', place = default
      from unnest(?::text[], ?::text[]) as gone (queue, key) cross join lateral (
        select id from concordat.task next
        where next.queue = gone.queue and next.key = gone.key
        order by id limit 1) as first
      where t.id = first.id and t.state = 'behind'
      """;

  private static final String RENEW =
      """
      with mine as materialized (
        select t.id from unnest(?::bigint[], ?::bigint[]) as claim (id, token) cross join lateral (
          select id from concordat.task
          where id = claim.id and token = claim.token for no key update skip locked) as t)
      update concordat.task t set leased_until = clock_timestamp() + ?::interval from mine where t.id = mine.id
      returning t.id
      """;

  private TaskSettlement() {}

  /// Takes away the tasks that are done.
  ///
  /// @param tokens by task; those whose token is an old one stay
  /// @param remember how long it is remembered that they were done; zero for not at all
  /// @return the tasks that were taken away
  static Set<Long> done(Connection connection, SortedMap<Long, Long> tokens, Duration remember)
      throws SQLException {
    boolean remembered = remember.isPositive();
    try (PreparedStatement delete =
        connection.prepareStatement(remembered ? DONE_REMEMBERED : DONE)) {
      setClaims(connection, delete, tokens);
      if (remembered) {
        delete.setString(3, remember.toString());
      }
      return leave(connection, delete);
    }
  }

  /// Lets the task wait.
  ///
  /// @param counts whether this try counts
  static boolean again(
      Connection connection, ClaimedTask task, Duration wait, String attempt, boolean counts)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(AGAIN)) {
      update.setString(1, wait.toString());
      String[] failed = counts ? new String[] {attempt} : new String[0];
      update.setArray(2, connection.createArrayOf("text", failed));
      update.setInt(3, counts ? 0 : 1);
      update.setLong(4, task.id());
      update.setLong(5, task.token());
      return update.executeUpdate() == 1;
    }
  }

  /// Gives a task back that was claimed and not worked on to the end: the attempt does not count.
  static boolean giveBack(Connection connection, ClaimedTask task) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GIVE_BACK)) {
      update.setLong(1, task.id());
      update.setLong(2, task.token());
      return update.executeUpdate() == 1;
    }
  }

  /// Makes a dead letter of the task.
  static boolean bury(
      Connection connection, ClaimedTask task, DeadLetter.Cause cause, String attempt)
      throws SQLException {
    try (PreparedStatement bury = connection.prepareStatement(BURY)) {
      bury.setLong(1, task.id());
      bury.setLong(2, task.token());
      bury.setString(3, cause.reason());
      bury.setString(4, cause.stack());
      bury.setString(5, attempt);
      return !leave(connection, bury).isEmpty();
    }
  }

  /// Puts a dead letter back into its queue. Marking it as redriven is the caller's part.
  ///
  /// @param headers those of its next life
  static boolean redrive(Connection connection, long deadLetter, String headers)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(REDRIVE)) {
      insert.setString(1, headers);
      insert.setLong(2, deadLetter);
      return insert.executeUpdate() == 1;
    }
  }

  /// Holds the claims longer.
  ///
  /// @return the tasks whose claim still stands
  static Set<Long> renew(Connection connection, SortedMap<Long, Long> tokens, Duration lease)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(RENEW)) {
      setClaims(connection, update, tokens);
      update.setString(3, lease.toString());
      try (ResultSet rows = update.executeQuery()) {
        Set<Long> renewed = new HashSet<>();
        while (rows.next()) {
          renewed.add(rows.getLong(1));
        }
        return renewed;
      }
    }
  }

  /// Runs a statement that takes tasks out of the table, and brings up those that stood behind
  /// them. In a second statement, because only that sees what was marked while the first one
  /// waited.
  static Set<Long> leave(Connection connection, PreparedStatement statement) throws SQLException {
    Set<Long> gone = new HashSet<>();
    List<String> queues = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        gone.add(rows.getLong("id"));
        if (rows.getString("key") != null) {
          queues.add(rows.getString("queue"));
          keys.add(rows.getString("key"));
        }
      }
    }
    if (!keys.isEmpty()) {
      try (PreparedStatement update = connection.prepareStatement(BRING_UP_NEXT)) {
        update.setArray(1, connection.createArrayOf("text", queues.toArray()));
        update.setArray(2, connection.createArrayOf("text", keys.toArray()));
        update.executeUpdate();
      }
    }
    return gone;
  }

  private static void setClaims(
      Connection connection, PreparedStatement statement, Map<Long, Long> tokens)
      throws SQLException {
    statement.setArray(1, connection.createArrayOf("bigint", tokens.keySet().toArray()));
    statement.setArray(2, connection.createArrayOf("bigint", tokens.values().toArray()));
  }
}
