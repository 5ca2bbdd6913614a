package dev.concordat.events.deadletters;

import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.LogRead;
import dev.concordat.events.store.Database;
import dev.concordat.events.subscriptions.Parked;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The messages that a service has given up on: to be looked at, and to be sent back when what was
/// in their way is mended.
///
/// Threads: safe for many; any process of the service may be asked.
///
/// Failure: [dev.concordat.core.Failure] with `UNAVAILABLE` when the database cannot be reached.
public final class DeadLetters {
  private static final int MOST = 1_000;
  private static final int COUNTED = 10_000;
  private static final String BURY =
      """
      insert into concordat.dead_letter
        (kind, name, place, reason, attempts, key, message, source, topic, time, headers, payload)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String LIST =
      """
      select * from concordat.dead_letter
      where (?::text is null or kind = ?) and (?::text is null or name = ?)
        and (redriven_at is null or ?) and id > ?
      order by id
      limit ?
      """;
  private static final String SHOW = "select * from concordat.dead_letter where id = ?";

  /// Only one of many who try at once succeeds.
  private static final String MARK =
      """
      update concordat.dead_letter set redriven_at = now(), redriven_by = ?
      where id = ? and redriven_at is null
      returning kind
      """;

  private static final String TO_RETRY =
      """
      insert into concordat.retry
        (subscription, part, position, key, due_at, message, source, topic, time, headers, payload)
      select subscription.id, split_part(place, '/', 1)::int, split_part(place, '/', 2)::bigint,
             key, '-infinity', message, source, dead.topic, time, headers, payload
      from concordat.dead_letter as dead
        join concordat.subscription on subscription.name = dead.name
      where dead.id = ?
      on conflict (subscription, part, position) do update
      set due_at = '-infinity', attempts = '{}', given_up = false
      """;
  private static final String COUNT =
      """
      select count(*) from (
        select from concordat.dead_letter where redriven_at is null limit ?) as open
      """;

  private final Database database;
  private final Map<String, Redriver> redrivers = new ConcurrentHashMap<>();

  public DeadLetters(Database database) {
    this.database = database;
    redrivers.put(DeadLetter.EVENT, DeadLetters::backToSubscription);
  }

  /// Puts a dead letter back where it came from.
  @FunctionalInterface
  public interface Redriver {
    /// Puts it back; false when its place is gone.
    boolean redrive(Connection connection, long deadLetter) throws SQLException;
  }

  /// Which ones.
  ///
  /// @param kind only of this kind; [DeadLetter#EVENT] or [DeadLetter#TASK]
  /// @param name only of this subscription or queue
  /// @param redriven also those that were sent back
  /// @param after only with a higher id, to go on from the last page
  public record Filter(Optional<String> kind, Optional<String> name, boolean redriven, long after) {
    /// All that wait.
    public static final Filter OPEN = new Filter(Optional.empty(), Optional.empty(), false, 0);

    /// The same, of one subscription or queue.
    public Filter of(String kind, String name) {
      return new Filter(Optional.of(kind), Optional.of(name), redriven, after);
    }

    /// The same, also those that were sent back.
    public Filter withRedriven() {
      return new Filter(kind, name, true, after);
    }

    /// The same, after this id.
    public Filter after(long id) {
      return new Filter(kind, name, redriven, id);
    }
  }

  /// Lists them, the oldest first.
  ///
  /// @param limit at most so many; never more than 1,000
  public List<DeadLetter> list(Filter filter, int limit) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(LIST)) {
        query.setString(1, filter.kind.orElse(null));
        query.setString(2, filter.kind.orElse(null));
        query.setString(3, filter.name.orElse(null));
        query.setString(4, filter.name.orElse(null));
        query.setBoolean(5, filter.redriven);
        query.setLong(6, filter.after);
        query.setInt(7, Math.clamp(limit, 0, MOST));
        List<DeadLetter> letters = new ArrayList<>();
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            letters.add(letter(rows));
          }
        }
        return letters;
      }
    });
  }

  /// One, with its payload and every attempt.
  public Optional<DeadLetter> show(long id) {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(SHOW)) {
        query.setLong(1, id);
        try (var rows = query.executeQuery()) {
          return rows.next() ? Optional.of(letter(rows)) : Optional.empty();
        }
      }
    });
  }

  /// Sends one back: it is handled soon, before messages of its key that still wait, with all
  /// attempts before it. Messages of its key that were handled meanwhile stay handled.
  ///
  /// @param by who wants it, for the record
  /// @return false when there is no such dead letter, or it was sent back already
  public boolean redrive(long id, String by) {
    return database.transact(connection -> redrive(connection, id, by));
  }

  /// Sends back all that wait of one subscription or queue, in their order.
  ///
  /// @return how many
  public int redriveAll(String kind, String name, String by) {
    int redriven = 0;
    Filter page = Filter.OPEN.of(kind, name);
    List<DeadLetter> letters = list(page, MOST);
    while (!letters.isEmpty()) {
      for (DeadLetter letter : letters) {
        redriven += redrive(letter.id(), by) ? 1 : 0;
      }
      page = page.after(letters.getLast().id());
      letters = list(page, MOST);
    }
    return redriven;
  }

  /// How many wait; 10,000 stands for that many or more.
  public long count() {
    return database.read(connection -> {
      try (var query = connection.prepareStatement(COUNT)) {
        query.setInt(1, COUNTED);
        try (var rows = query.executeQuery()) {
          rows.next();
          return rows.getLong(1);
        }
      }
    });
  }

  /// Says how dead letters of a kind are put back.
  public void register(String kind, Redriver redriver) {
    redrivers.put(kind, redriver);
  }

  public static void bury(
      Connection connection,
      DeadLetter.Place place,
      Envelope message,
      String reason,
      List<String> attempts)
      throws SQLException {
    try (var insert = connection.prepareStatement(BURY)) {
      insert.setString(1, place.kind());
      insert.setString(2, place.name());
      insert.setString(3, place.where());
      insert.setString(4, reason);
      insert.setArray(5, connection.createArrayOf("text", attempts.toArray()));
      insert.setString(6, message.key());
      Parked.setEnvelope(insert, 7, message);
      insert.executeUpdate();
    }
  }

  private boolean redrive(Connection connection, long id, String by) throws SQLException {
    try (var update = connection.prepareStatement(MARK)) {
      update.setString(1, by);
      update.setLong(2, id);
      try (var rows = update.executeQuery()) {
        if (!rows.next()) {
          return false;
        }
        String kind = rows.getString(1);
        Redriver redriver = redrivers.get(kind);
        if (redriver == null || !redriver.redrive(connection, id)) {
          throw new IllegalStateException(
              "dead letter " + id + " cannot go back: nothing here takes " + kind);
        }
        return true;
      }
    }
  }

  private static boolean backToSubscription(Connection connection, long id) throws SQLException {
    try (var insert = connection.prepareStatement(TO_RETRY)) {
      insert.setLong(1, id);
      return insert.executeUpdate() == 1;
    }
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    String[] attempts = (String[]) row.getArray("attempts").getArray();
    OffsetDateTime redriven = row.getObject("redriven_at", OffsetDateTime.class);
    String by = row.getString("redriven_by");
    return new DeadLetter(
        row.getLong("id"),
        new DeadLetter.Place(row.getString("kind"), row.getString("name"), row.getString("place")),
        LogRead.envelope(row, row.getString("topic")),
        row.getString("reason"),
        Arrays.stream(attempts).map(DeadLetter.Attempt::parse).toList(),
        row.getObject("died_at", OffsetDateTime.class).toInstant(),
        redriven == null
            ? Optional.empty()
            : Optional.of(new DeadLetter.Redrive(redriven.toInstant(), by == null ? "" : by)));
  }
}
