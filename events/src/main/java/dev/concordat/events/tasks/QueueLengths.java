package dev.concordat.events.tasks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// Counts what is in a queue. Bounded, so that looking at a long queue does not slow it down
/// further.
final class QueueLengths {
  private static final String LENGTH =
      """
      select
        (select count(*) from (select from concordat.task
          where queue = q.name and state in ('ready', 'behind') limit 10000) as waiting),
        (select count(*) from (select from concordat.task
          where queue = q.name and state = 'later' limit 10000) as later),
        (select count(*) from (select from concordat.task
          where queue = q.name and state = 'leased' limit 10000) as leased),
        (select extract(epoch from clock_timestamp() - min(first.due_at)) * 1000
          from (values (0), (1), (2)) as p (priority) cross join lateral (
            select due_at from concordat.task
            where queue = q.name and state = 'ready' and priority = p.priority
            order by place limit 1) as first)
      from (values (?)) as q (name)
      """;

  private QueueLengths() {}

  static QueueLength of(Connection connection, String queue) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(LENGTH)) {
      query.setString(1, queue);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Duration oldest = Duration.ofMillis(Math.max(0, row.getLong(4)));
        return new QueueLength(queue, row.getLong(1), row.getLong(2), row.getLong(3), oldest);
      }
    }
  }
}
