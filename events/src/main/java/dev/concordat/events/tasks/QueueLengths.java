package dev.concordat.events.tasks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// Counts what is in a queue. Bounded, so that looking at a long queue does not slow it down
/// further, and from the [LowWater] on, so that what is gone and cannot be removed does not either.
final class QueueLengths {
  private static final String LENGTH =
      """
      with mark as materialized (
        select q.name as queue, coalesce(newest.high, 0) as high,
          coalesce(newest.normal, 0) as normal, coalesce(newest.low, 0) as low,
          case when newest.leased_until <= clock_timestamp() then newest.leased_until
            else '-infinity' end as leased_until
        from (values (?)) as q (name) left join lateral (
          select * from concordat.task_low_water
          where queue = q.name order by generation desc limit 1) as newest on true),
      above (priority, place) as materialized (
        select 0, high from mark union all select 1, normal from mark union all select 2, low from mark)
      select
        (select count(*) from (
          select from above cross join lateral (
            select from concordat.task
            where queue = mark.queue and state = 'ready' and priority = above.priority
              and place > above.place
            order by place) as one
          limit 10000) as ready),
        (select count(*) from (select from concordat.task
          where queue = mark.queue and state = 'behind' limit 10000) as behind),
        (select count(*) from (select from concordat.task
          where queue = mark.queue and state = 'later' limit 10000) as later),
        (select count(*) from (select from concordat.task
          where queue = mark.queue and state = 'leased' and leased_until > mark.leased_until
          limit 10000) as leased),
        (select extract(epoch from clock_timestamp() - min(first.due_at)) * 1000
          from above cross join lateral (
            select due_at from concordat.task
            where queue = mark.queue and state = 'ready' and priority = above.priority
              and place > above.place
            order by place limit 1) as first)
      from mark
      """;

  private static final long MOST = 10_000;

  private QueueLengths() {}

  /// @param connection in a transaction
  static QueueLength of(Connection connection, String queue) throws SQLException {
    Plans.byIndex(connection);
    try (PreparedStatement query = connection.prepareStatement(LENGTH)) {
      query.setString(1, queue);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        long waiting = Math.min(MOST, row.getLong(1) + row.getLong(2));
        Duration oldest = Duration.ofMillis(Math.max(0, row.getLong(5)));
        return new QueueLength(queue, waiting, row.getLong(3), row.getLong(4), oldest);
      }
    }
  }
}
