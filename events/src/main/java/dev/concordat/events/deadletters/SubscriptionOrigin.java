package dev.concordat.events.deadletters;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;

/// Back to the subscription that gave up, and to no other: among the messages that wait for another
/// try, at the place that it had, and so before those of its key that came after it.
///
/// @param known whether the service has a subscription of this name
public record SubscriptionOrigin(Predicate<String> known) implements Origin {
  private static final String TO_RETRY =
      """
      insert into concordat.retry
        (subscription, part, position, key, due_at, message, source, topic, time, headers, payload)
      select subscription.id, split_part(place, '/', 1)::int, split_part(place, '/', 2)::bigint,
             key, '-infinity', message, source, dead.topic, time, ?, payload
      from concordat.dead_letter as dead
        join concordat.subscription on subscription.name = dead.name
      where dead.id = ?
      on conflict (subscription, part, position) do update
      set due_at = '-infinity', attempts = '{}', given_up = false, headers = excluded.headers
      """;

  /// A key that waits for the message which was given up on waits no more.
  private static final String LET_GO =
      """
      with dead as (
        select subscription.id as subscription, split_part(place, '/', 1)::int as part,
               split_part(place, '/', 2)::bigint as position
        from concordat.dead_letter join concordat.subscription using (name)
        where dead_letter.id = ?
      ), gone as (
        delete from concordat.retry using dead
        where retry.subscription = dead.subscription and retry.part = dead.part
          and retry.position = dead.position and retry.given_up
        returning retry.subscription, retry.part, retry.position, retry.key)
      update concordat.retry as next set due_at = '-infinity'
      from gone
      where next.subscription = gone.subscription and next.part = gone.part
        and next.position = (
          select min(position) from concordat.retry as behind
          where behind.subscription = gone.subscription and behind.part = gone.part
            and behind.key = gone.key and behind.position > gone.position)
      """;

  @Override
  public boolean takes(String name) {
    return known.test(name);
  }

  @Override
  public boolean redrive(Connection connection, long deadLetter, String headers)
      throws SQLException {
    try (var insert = connection.prepareStatement(TO_RETRY)) {
      insert.setString(1, headers);
      insert.setLong(2, deadLetter);
      return insert.executeUpdate() == 1;
    }
  }

  @Override
  public void discard(Connection connection, long deadLetter) throws SQLException {
    try (var update = connection.prepareStatement(LET_GO)) {
      update.setLong(1, deadLetter);
      update.executeUpdate();
    }
  }
}
