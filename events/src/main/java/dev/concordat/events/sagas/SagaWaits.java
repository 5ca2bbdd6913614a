package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.events.log.Envelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;

/// Sagas that wait for an event or for a time, and the events that come for them.
///
/// Who arrives and who waits take the same lock before they look for each other, so that neither
/// misses the other.
final class SagaWaits {
  /// How many are forgotten at once.
  static final int AT_ONCE = 1_000;

  /// By how much the clocks of two machines may differ.
  private static final String CLOCKS_APART = "5 minutes";

  private static final String MEET =
      "select pg_advisory_xact_lock(hashtextextended('concordat.saga ' || ? || ' ' || ?, 0))";

  private static final String MINE =
      """
      select cancel_because, waits_name = ? and waits_until <= clock_timestamp() as over
      from concordat.saga where number = ? and token = ? and state = 'running'
      for no key update
      """;

  /// The oldest one since the saga's start that it has not heard yet.
  private static final String HEARD =
      """
      select e.number, e.payload from concordat.saga_event e
      join concordat.saga s on s.number = ?
      where e.topic = ? and e.key = ? and e.at >= s.created_at
        and e.time >= s.created_at - interval '%s'
        and not exists (
          select from concordat.saga_step d where d.saga = s.number and d.heard = e.number)
      order by e.number limit 1
      """
          .formatted(CLOCKS_APART);

  private static final String OVER =
      """
      with went_on as (
        update concordat.saga
        set waits_name = null, waits_topic = null, waits_key = null, waits_until = null
        where number = ?)
      insert into concordat.saga_step (saga, position, kind, name, result_type, result, heard, at)
      values (?, ?, ?, ?, ?, ?, ?, clock_timestamp())
      """;

  private static final String PARK =
      """
      update concordat.saga s
      set waits_name = w.name, waits_topic = w.topic, waits_key = w.key, waits_until = w.until,
          due_at = least(w.until, timeout_at), worker = null, token = token + 1
      from (
        select n.name, n.topic, n.key,
          case when m.waits_name = n.name then m.waits_until
               else clock_timestamp() + n.time::interval end as until
        from (values (?, ?, ?, ?)) as n (name, topic, key, time)
        join concordat.saga m on m.number = ?) w
      where s.number = ? and s.token = ?
      returning extract(epoch from due_at - clock_timestamp())
      """;

  private static final String KEEP =
      """
      insert into concordat.saga_event (topic, key, source, time, payload) values (?, ?, ?, ?, ?)
      """;

  private static final String WAKE =
      """
      update concordat.saga set due_at = clock_timestamp()
      where waits_topic = ? and waits_key = ? and state = 'running' and worker is null
      """;

  /// Only a saga that is older than an event can hear it.
  private static final String PRUNE =
      """
      delete from concordat.saga_event where number in (
        select number from concordat.saga_event
        where at < now() - interval '30 days'
          or at < least(
            now() - interval '1 hour',
            (select min(created_at) from concordat.saga where finished_at is null))
        order by number limit %d)
      """
          .formatted(AT_ONCE);

  private static final ByteString MARK = ByteString.copyFromUtf8("!");

  private SagaWaits() {}

  /// What a saga waits for.
  ///
  /// @param event topic and key; empty for a sleep
  record Wanted(
      SagaJournal.Kind kind,
      String name,
      String answer,
      Optional<EventKey> event,
      Duration atMost) {}

  /// Which events.
  record EventKey(String topic, String key) {}

  /// What has come of it.
  sealed interface Came {
    /// The wait is over: with this event, or empty.
    record Over(ByteString event) implements Came {}

    /// It waits, run by nobody, for this long at most.
    record Parked(Duration left) implements Came {}

    /// It was cancelled.
    record Cancelled(String because) implements Came {}

    /// It is with another process.
    record Lost() implements Came {}
  }

  static Came await(Connection connection, SagaRow saga, int position, Wanted wanted)
      throws SQLException {
    if (wanted.event().isPresent()) {
      meet(connection, wanted.event().get());
    }
    boolean over;
    try (PreparedStatement mine = connection.prepareStatement(MINE)) {
      mine.setString(1, wanted.name());
      mine.setLong(2, saga.number());
      mine.setLong(3, saga.token());
      try (ResultSet row = mine.executeQuery()) {
        if (!row.next()) {
          return new Came.Lost();
        }
        String because = row.getString("cancel_because");
        if (because != null) {
          return new Came.Cancelled(because);
        }
        over = row.getBoolean("over");
      }
    }
    if (wanted.event().isPresent()) {
      Optional<Heard> heard = heard(connection, saga, wanted.event().get());
      if (heard.isPresent()) {
        return over(connection, saga, position, wanted, heard);
      }
    }
    return over
        ? over(connection, saga, position, wanted, Optional.empty())
        : park(connection, saga, wanted);
  }

  /// An event has come, in the transaction of its mark.
  static void keep(Connection connection, Envelope event) throws SQLException {
    EventKey key = new EventKey(event.topic(), event.key());
    meet(connection, key);
    try (PreparedStatement insert = connection.prepareStatement(KEEP)) {
      insert.setString(1, event.topic());
      insert.setString(2, event.key());
      insert.setString(3, event.source());
      insert.setObject(4, event.time().atOffset(ZoneOffset.UTC));
      insert.setBytes(5, event.payload().toByteArray());
      insert.executeUpdate();
    }
    try (PreparedStatement wake = connection.prepareStatement(WAKE)) {
      wake.setString(1, event.topic());
      wake.setString(2, event.key());
      wake.executeUpdate();
    }
  }

  /// Forgets events that no saga can hear any more, [#AT_ONCE] at most.
  static int prune(Connection connection) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(PRUNE)) {
      return delete.executeUpdate();
    }
  }

  private static void meet(Connection connection, EventKey event) throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement(MEET)) {
      lock.setString(1, event.topic());
      lock.setString(2, event.key());
      lock.execute();
    }
  }

  private record Heard(long number, ByteString payload) {}

  private static Optional<Heard> heard(Connection connection, SagaRow saga, EventKey event)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HEARD)) {
      query.setLong(1, saga.number());
      query.setString(2, event.topic());
      query.setString(3, event.key());
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Heard(row.getLong("number"), ByteString.copyFrom(row.getBytes("payload"))))
            : Optional.empty();
      }
    }
  }

  private static Came over(
      Connection connection, SagaRow saga, int position, Wanted wanted, Optional<Heard> heard)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(OVER)) {
      insert.setLong(1, saga.number());
      insert.setLong(2, saga.number());
      insert.setInt(3, position);
      insert.setString(4, SagaRecord.name(wanted.kind()));
      insert.setString(5, wanted.name());
      insert.setString(6, wanted.answer());
      insert.setBytes(7, heard.map(SagaWaits::came).map(ByteString::toByteArray).orElse(null));
      insert.setObject(8, heard.map(Heard::number).orElse(null), java.sql.Types.BIGINT);
      insert.executeUpdate();
    }
    return new Came.Over(heard.map(SagaWaits::came).orElse(ByteString.EMPTY));
  }

  /// An empty message is an event too: a mark before it tells it from none.
  private static ByteString came(Heard heard) {
    return MARK.concat(heard.payload());
  }

  /// The event that ended a wait, from its record.
  static ByteString event(ByteString came) {
    return came.substring(MARK.size());
  }

  private static Came park(Connection connection, SagaRow saga, Wanted wanted) throws SQLException {
    try (PreparedStatement park = connection.prepareStatement(PARK)) {
      park.setString(1, wanted.name());
      park.setString(2, wanted.event().map(EventKey::topic).orElse(null));
      park.setString(3, wanted.event().map(EventKey::key).orElse(null));
      park.setString(4, wanted.atMost().toString());
      park.setLong(5, saga.number());
      park.setLong(6, saga.number());
      park.setLong(7, saga.token());
      try (ResultSet row = park.executeQuery()) {
        row.next();
        return new Came.Parked(Duration.ofMillis((long) (row.getDouble(1) * 1000)));
      }
    }
  }
}
