package dev.concordat.events.deadletters;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.log.LogRead;
import dev.concordat.events.subscriptions.Parked;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The messages that a service has given up on: to be looked at, and to be sent back when what was
/// in their way is mended, or discarded.
///
/// Threads: safe for many; any process of the service may be asked.
///
/// Failure: [dev.concordat.core.Failure] with `UNAVAILABLE` when the database cannot be reached.
///
/// Guarantee: however many send back the same dead letters at once, each is sent back once, to the
/// subscription or queue that gave it up and to no other; those of one key in their order, and
/// before those of the key that wait.
public final class DeadLetters {
  /// Sent back or discarded in a second, unless somebody says otherwise.
  public static final int PER_SECOND = 100;

  private static final int MOST = 1_000;
  private static final int COUNTED = 10_000;
  private static final String BURY =
      """
      insert into concordat.dead_letter
        (kind, name, place, reason, stack, attempts, key, message, source, topic, time, headers,
         payload)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String LIST =
      """
      select * from concordat.dead_letter
      where {which} and id > ?
      order by id
      limit ?
      """;
  private static final String SHOW = "select * from concordat.dead_letter where id = ?";
  private static final String COUNT =
      """
      select count(*) from (
        select from concordat.dead_letter where redriven_at is null limit ?) as open
      """;

  private final Parts parts;
  private final Map<String, Origin> origins = new ConcurrentHashMap<>();

  public DeadLetters(Parts parts) {
    this.parts = parts;
  }

  /// Says where dead letters of a kind come from.
  public void register(String kind, Origin origin) {
    origins.put(kind, origin);
  }

  /// Whether the service still handles what this subscription or queue gave up on.
  public boolean takes(String kind, String name) {
    return Optional.ofNullable(origins.get(kind)).filter(at -> at.takes(name)).isPresent();
  }

  /// Lists them, the oldest first.
  ///
  /// @param after only with a higher id, to go on from the last page; 0 from the beginning
  /// @param limit at most so many; never more than 1,000
  public List<DeadLetter> list(DeadLetterFilter filter, long after, int limit) {
    return parts
        .database()
        .read(connection -> {
          try (var query = connection.prepareStatement(LIST.replace("{which}", filter.sql()))) {
            int next = filter.set(query, 1);
            query.setLong(next, after);
            query.setInt(next + 1, Math.clamp(limit, 0, MOST));
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

  /// One, with its payload, the stack trace, and every attempt.
  public Optional<DeadLetter> show(long id) {
    return parts
        .database()
        .read(connection -> {
          try (var query = connection.prepareStatement(SHOW)) {
            query.setLong(1, id);
            try (var rows = query.executeQuery()) {
              return rows.next() ? Optional.of(letter(rows)) : Optional.empty();
            }
          }
        });
  }

  /// Plans something for these, as far as they wait. Nothing is changed by that: a plan that is
  /// thrown away was a dry run.
  public DeadLetterPlan plan(List<Long> ids) {
    return parts.database().read(connection -> DeadLetterPlan.of(connection, ids, origins));
  }

  /// Plans something for all that the filter finds and that wait, at most a million.
  public DeadLetterPlan plan(DeadLetterFilter filter) {
    return parts.database().read(connection -> DeadLetterPlan.of(connection, filter, origins));
  }

  /// Sends back what is planned, on the calling thread. Each is handled soon, before messages of
  /// its key that still wait, with all attempts before it, in a new trace that is linked with the
  /// old. Messages of its key that were handled meanwhile stay handled.
  ///
  /// @param by who wants it, for the record
  /// @param perSecond at most so many
  /// @param goOn asked before each step, at least once a second, with how far it has come; what was
  ///   sent back before it says no stays sent back
  public DeadLetterProgress redrive(
      DeadLetterPlan plan, String by, int perSecond, Predicate<DeadLetterProgress> goOn) {
    return new DeadLetterRun(parts, origins, by, Optional.empty()).run(plan, perSecond, goOn);
  }

  /// Sends one back at once.
  ///
  /// @return false when there is no such dead letter, or it was sent back or discarded already
  /// @throws Failure with `FAILED_PRECONDITION` when the service no longer has its place
  public boolean redrive(long id, String by) {
    DeadLetterProgress progress = redrive(plan(List.of(id)), by, PER_SECOND, any -> true);
    if (progress.refused() > 0) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "dead letter "
              + id
              + " cannot go back: this service no longer has its subscription or queue");
    }
    return progress.done() == 1;
  }

  /// Discards what is planned: it stays as a record for 30 days and is never handled. As
  /// [#redrive(DeadLetterPlan, String, int, Predicate)] otherwise.
  ///
  /// @param because for the record
  public DeadLetterProgress discard(
      DeadLetterPlan plan, String by, String because, Predicate<DeadLetterProgress> goOn) {
    return new DeadLetterRun(parts, origins, by, Optional.of(because))
        .run(plan, Integer.MAX_VALUE / 1_000, goOn);
  }

  /// How many wait; 10,000 stands for that many or more.
  public long count() {
    return parts
        .database()
        .read(connection -> {
          try (var query = connection.prepareStatement(COUNT)) {
            query.setInt(1, COUNTED);
            try (var rows = query.executeQuery()) {
              rows.next();
              return rows.getLong(1);
            }
          }
        });
  }

  /// Gives a message up.
  ///
  /// @param attempts as [DeadLetter.Attempt#text] writes them
  public static void bury(
      Connection connection,
      DeadLetter.Place place,
      Envelope message,
      DeadLetter.Cause cause,
      List<String> attempts)
      throws SQLException {
    try (var insert = connection.prepareStatement(BURY)) {
      insert.setString(1, place.kind());
      insert.setString(2, place.name());
      insert.setString(3, place.where());
      insert.setString(4, cause.reason());
      insert.setString(5, cause.stack());
      insert.setArray(6, connection.createArrayOf("text", attempts.toArray()));
      insert.setString(7, message.key());
      Parked.setEnvelope(insert, 8, message);
      insert.executeUpdate();
    }
  }

  private static DeadLetter letter(ResultSet row) throws SQLException {
    String[] attempts = (String[]) row.getArray("attempts").getArray();
    return new DeadLetter(
        row.getLong("id"),
        new DeadLetter.Place(row.getString("kind"), row.getString("name"), row.getString("place")),
        LogRead.envelope(row, row.getString("topic")),
        new DeadLetter.Cause(row.getString("reason"), row.getString("stack")),
        Arrays.stream(attempts).map(DeadLetter.Attempt::parse).toList(),
        row.getObject("died_at", OffsetDateTime.class).toInstant(),
        end(row));
  }

  private static Optional<DeadLetter.End> end(ResultSet row) throws SQLException {
    OffsetDateTime ended = row.getObject("redriven_at", OffsetDateTime.class);
    if (ended == null) {
      return Optional.empty();
    }
    Instant at = ended.toInstant();
    String by = orEmpty(row.getString("redriven_by"));
    String because = row.getString("discarded_because");
    return Optional.of(
        because == null
            ? new DeadLetter.Redriven(at, by, orEmpty(row.getString("redriven_trace")))
            : new DeadLetter.Discarded(at, by, because));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
