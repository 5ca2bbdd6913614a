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
import java.util.TreeMap;

/// How claimed tasks end: done, tried again, given up on, given back; and how their leases are
/// renewed. Every statement names the token of the claim and does nothing when it is an old one.
final class TaskSettlement {
  /// No join, and the ids as an array of their own: so no plan reads more than these rows, whatever
  /// the planner was told about the table. An analyze that found everything dead makes it believe
  /// that a whole index is the shorter way. The rows come in the order of their ids, so that two
  /// batches cannot wait for each other.
  private static final String DONE =
      """
      delete from concordat.task
      where id = any (?) and ((id, token) in (select * from unnest(?::bigint[], ?::bigint[]))) is true
      returning id, queue, key
      """;

  /// The same where it is remembered.
  private static final String DONE_REMEMBERED =
      """
      with gone as (
        delete from concordat.task
        where id = any (?)
          and ((id, token) in (select * from unnest(?::bigint[], ?::bigint[]))) is true
        returning id, queue, key, message),
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

  /// At the end of the line like all that become ready again: there every worker sees it at once.
  private static final String GIVE_BACK =
      """
      update concordat.task
      set state = 'ready', place = default, token = token + 1, leased_until = null, worker = null,
          attempt = attempt - 1
      where id = any (?)
        and ((id, token) in (select * from unnest(?::bigint[], ?::bigint[]))) is true
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
      update concordat.task set state = 'ready', place = default
      where state = 'behind' and id = any (array(
        select first.id
        from unnest(?::text[], ?::text[]) as gone (queue, key) cross join lateral (
          select id from concordat.task next
          where next.queue = gone.queue and next.key = gone.key
          order by id limit 1) as first))
      """;

  private static final String RENEW =
      """
      with mine as materialized (
        select id from concordat.task
        where id = any (?)
          and ((id, token) in (select * from unnest(?::bigint[], ?::bigint[]))) is true
        for no key update skip locked)
      update concordat.task set leased_until = clock_timestamp() + ?::interval
      where id = any (array(select id from mine))
      returning id
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
        delete.setString(4, remember.toString());
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
    return giveBack(connection, new TreeMap<>(Map.of(task.id(), task.token()))) == 1;
  }

  /// Gives many back, the same way.
  ///
  /// @return how many were still ours
  static int giveBack(Connection connection, SortedMap<Long, Long> tokens) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GIVE_BACK)) {
      setClaims(connection, update, tokens);
      return update.executeUpdate();
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
      update.setString(4, lease.toString());
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
    var ids = connection.createArrayOf("bigint", tokens.keySet().toArray());
    statement.setArray(1, ids);
    statement.setArray(2, ids);
    statement.setArray(3, connection.createArrayOf("bigint", tokens.values().toArray()));
  }
}
