package dev.concordat.events.tasks;

import com.google.protobuf.ByteString;
import dev.concordat.contract.Queue;
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

/// How ready tasks get to a worker.
final class TaskClaims {
  /// Tasks that step aside in one statement at most.
  static final int BATCH = 256;

  /// Each priority is read from its floor on, after those whose turn it is before all others. No
  /// more rows are locked than are taken, so that nobody else's claim reads past a row that is left
  /// here.
  private static final String CANDIDATES =
      """
      with turn as materialized (
        select id, key, priority, place from concordat.task
        where queue = ? and state = 'ready' and priority = ? and place > ?
        order by place limit ? for update skip locked),
      high as materialized (
        select id, key, priority, place from concordat.task
        where queue = ? and state = 'ready' and priority = 0
          and place > greatest(?, (select max(place) from turn where priority = 0))
        order by place limit ? - (select count(*) from turn) for update skip locked),
      normal as materialized (
        select id, key, priority, place from concordat.task
        where queue = ? and state = 'ready' and priority = 1
          and place > greatest(?, (select max(place) from turn where priority = 1))
        order by place limit ? - (select count(*) from turn) - (select count(*) from high)
        for update skip locked),
      low as materialized (
        select id, key, priority, place from concordat.task
        where queue = ? and state = 'ready' and priority = 2
          and place > greatest(?, (select max(place) from turn where priority = 2))
        order by place limit ? - (select count(*) from turn) - (select count(*) from high)
          - (select count(*) from normal)
        for update skip locked),
      candidate as (
        select * from turn union all select * from high
        union all select * from normal union all select * from low)
      """;

  private static final String LEASED =
      """
      , leased as (
        update concordat.task t
        set state = 'leased', token = token + 1, attempt = attempt + 1, unique_value = null,
            leased_until = clock_timestamp() + ?::interval, worker = ?
        where t.id = any (array(select id from candidate where not %s))
        returning t.*)
      select %s as aside, %s as hindered,
        (select array[count(*), max(place)] from turn) as turn,
        (select array[count(*), max(place)] from high) as high,
        (select array[count(*), max(place)] from normal) as normal,
        (select array[count(*), max(place)] from low) as low,
        pg_current_xact_id()::text as transaction,
        pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
        leased.expires_at <= clock_timestamp() as expired,
        leased.*
      from (values (1)) as one left join leased on true
      order by priority, place
      """;

  /// Of one key only the first is leased. The others step aside ('behind'), so that no later claim
  /// reads past them; whoever takes the first one away brings the next one up. For that to happen
  /// in all races, the row that a task stands behind is locked until the mark is committed: when
  /// that row is on its way out, the task is left as it is for the next claim.
  private static final String ASIDE =
      """
      , hindered as materialized (
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
        update concordat.task t set state = 'behind' where t.id = any (array(select id from held))
        returning t.id)
      """;

  private static final String CLAIM_FREE = CANDIDATES + LEASED.formatted("false", "0", "0");
  private static final String CLAIM_KEYED =
      CANDIDATES
          + ASIDE
          + LEASED.formatted(
              "candidate.id = any (select id from hindered)",
              "(select count(*) from aside)",
              "(select count(*) from hindered)");

  private static final String CLEAR =
      """
      with candidate as materialized (
        select id, key from concordat.task
        where queue = ? and state = 'ready' and priority = ? and place > ?
        order by place limit ? for update skip locked)
      """
          + ASIDE
          + "select count(*) from aside";

  private TaskClaims() {}

  /// What a worker wants.
  ///
  /// @param limit at most so many tasks
  /// @param turn whose turn it is before all others
  /// @param floors from which place on, by priority
  record Wish(Queue<?> queue, int limit, Shares.Turn turn, Places floors, UUID worker) {
    Wish withLimit(int limit) {
      return new Wish(queue, limit, turn, floors, worker);
    }
  }

  /// What a claim brought.
  ///
  /// @param aside tasks that stepped aside; when there were some, another claim may find more
  /// @param look what it has read
  /// @param counts claimed and put aside, by priority
  /// @param pause how long nothing can be claimed, when the queue's bounds say so
  record Claim(
      List<ClaimedTask> tasks, int aside, Floors.Look look, Places counts, Duration pause) {
    static Claim none(Duration pause) {
      Floors.Look nothing = new Floors.Look(0, 0, Places.NONE, Places.NONE, 0);
      return new Claim(List.of(), 0, nothing, Places.NONE, pause);
    }
  }

  /// Claims up to this many tasks.
  static Claim claim(Connection connection, Wish wish) throws SQLException {
    boolean keyed = wish.queue().key().isPresent();
    try (PreparedStatement claim = connection.prepareStatement(keyed ? CLAIM_KEYED : CLAIM_FREE)) {
      String name = wish.queue().name();
      int next = 1;
      claim.setString(next++, name);
      claim.setInt(next++, wish.turn().rank());
      claim.setLong(next++, wish.floors().of(wish.turn().rank()));
      claim.setInt(next++, Math.min(wish.limit(), wish.turn().tasks()));
      for (int priority = 0; priority < Places.PRIORITIES; priority++) {
        claim.setString(next++, name);
        claim.setLong(next++, wish.floors().of(priority));
        claim.setInt(next++, wish.limit());
      }
      if (keyed) {
        claim.setString(next++, name);
        claim.setString(next++, name);
      }
      claim.setString(next++, wish.queue().lease().toString());
      claim.setObject(next, wish.worker());
      try (ResultSet rows = claim.executeQuery()) {
        return read(rows, wish);
      }
    }
  }

  /// Lets tasks step aside that stand behind others of their key.
  ///
  /// @return how many did
  static int clear(Connection connection, String queue, int priority, long floor)
      throws SQLException {
    try (PreparedStatement clear = connection.prepareStatement(CLEAR)) {
      clear.setString(1, queue);
      clear.setInt(2, priority);
      clear.setLong(3, floor);
      clear.setInt(4, BATCH);
      clear.setString(5, queue);
      clear.setString(6, queue);
      try (ResultSet rows = clear.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static Claim read(ResultSet rows, Wish wish) throws SQLException {
    List<ClaimedTask> tasks = new ArrayList<>();
    Claim claim = Claim.none(Duration.ZERO);
    while (rows.next()) {
      if (rows.isFirst()) {
        claim = summary(rows, wish, tasks);
      }
      if (rows.getObject("id") != null) {
        tasks.add(task(rows));
      }
    }
    return claim;
  }

  private static Claim summary(ResultSet row, Wish wish, List<ClaimedTask> tasks)
      throws SQLException {
    int aside = row.getInt("aside");
    boolean left = row.getInt("hindered") > aside;
    long[] turn = pair(row, "turn");
    Places counts = Places.NONE;
    Places last = Places.NONE;
    Places reached = Places.NONE;
    int rank = wish.turn().rank();
    int room = wish.limit() - (int) turn[0];
    boolean turnCame = turn[0] >= Math.min(wish.limit(), wish.turn().tasks());
    String[] names = {"high", "normal", "low"};
    for (int priority = 0; priority < Places.PRIORITIES; priority++) {
      long[] found = pair(row, names[priority]);
      boolean through = found[0] < room || (rank == priority && !turnCame);
      room -= (int) found[0];
      counts = counts.with(priority, found[0] + (rank == priority ? turn[0] : 0));
      last = last.with(priority, Math.max(found[1], rank == priority ? turn[1] : 0));
      long upTo = Math.max(last.of(priority), wish.floors().of(priority));
      reached = reached.with(priority, through ? Long.MAX_VALUE : upTo);
    }
    int claimed = left ? 0 : counts.sum();
    Floors.Look look =
        new Floors.Look(
            Long.parseLong(row.getString("transaction")),
            Long.parseLong(row.getString("oldest")),
            last,
            left ? wish.floors() : reached,
            claimed);
    return new Claim(tasks, aside, look, counts, Duration.ZERO);
  }

  private static long[] pair(ResultSet row, String column) throws SQLException {
    Long[] pair = (Long[]) row.getArray(column).getArray();
    return new long[] {pair[0], pair[1] == null ? 0 : pair[1]};
  }

  static ClaimedTask task(ResultSet row) throws SQLException {
    return new ClaimedTask(
        row.getLong("id"),
        row.getLong("token"),
        row.getObject("message", UUID.class),
        Optional.ofNullable(row.getString("key")),
        row.getInt("attempt"),
        row.getBoolean("expired"),
        Headers.read(row.getString("headers")),
        ByteString.copyFrom(row.getBytes("payload")));
  }
}
