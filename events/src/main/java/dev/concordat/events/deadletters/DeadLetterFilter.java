package dev.concordat.events.deadletters;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/// Which dead letters: those for which everything said here is true.
///
/// @param state what became of them; default those that wait
/// @param name the subscription or queue
/// @param topic the full name of the message's type, or the end of it
/// @param key the key
/// @param reason has this in it, in any case
/// @param after given up on at this instant or later
/// @param before given up on before this instant
public record DeadLetterFilter(
    State state,
    Optional<String> name,
    Optional<String> topic,
    Optional<String> key,
    Optional<String> reason,
    Optional<Instant> after,
    Optional<Instant> before) {
  /// All that wait.
  public static final DeadLetterFilter OPEN =
      new DeadLetterFilter(
          State.OPEN,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static final String REST =
      """
       and (?::text is null or name = ?)
       and (?::text is null or topic = ? or right(topic, length(?) + 1) = '.' || ?)
       and (?::text is null or key = ?)
       and (?::text is null or position(lower(?) in lower(reason)) > 0)
       and died_at >= ? and died_at < ?
      """;

  private static final Instant LONG_AGO = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant FAR_OFF = Instant.parse("9999-01-01T00:00:00Z");

  /// What became of them.
  public enum State {
    /// They wait for somebody.
    OPEN,
    /// They were sent back.
    REDRIVEN,
    /// They were discarded.
    DISCARDED,
    /// All of these.
    ANY
  }

  /// The same in another state.
  public DeadLetterFilter withState(State state) {
    return new DeadLetterFilter(state, name, topic, key, reason, after, before);
  }

  /// The same, of one subscription or queue.
  public DeadLetterFilter withName(String name) {
    return new DeadLetterFilter(state, Optional.of(name), topic, key, reason, after, before);
  }

  /// The same, of one type of message.
  public DeadLetterFilter withTopic(String topic) {
    return new DeadLetterFilter(state, name, Optional.of(topic), key, reason, after, before);
  }

  /// The same, of one key.
  public DeadLetterFilter withKey(String key) {
    return new DeadLetterFilter(state, name, topic, Optional.of(key), reason, after, before);
  }

  /// The same, with a reason that has this in it.
  public DeadLetterFilter withReason(String reason) {
    return new DeadLetterFilter(state, name, topic, key, Optional.of(reason), after, before);
  }

  /// The same, given up on at this instant or later.
  public DeadLetterFilter withAfter(Instant after) {
    return new DeadLetterFilter(state, name, topic, key, reason, Optional.of(after), before);
  }

  /// The same, given up on before this instant.
  public DeadLetterFilter withBefore(Instant before) {
    return new DeadLetterFilter(state, name, topic, key, reason, after, Optional.of(before));
  }

  /// The condition in SQL; its parameters are those of [#set].
  String sql() {
    String ended =
        switch (state) {
          case OPEN -> "redriven_at is null";
          case REDRIVEN -> "redriven_at is not null and discarded_because is null";
          case DISCARDED -> "redriven_at is not null and discarded_because is not null";
          case ANY -> "true";
        };
    return ended + REST;
  }

  /// Sets the parameters of [#sql].
  ///
  /// @return the next one
  int set(PreparedStatement to, int first) throws SQLException {
    int at = first;
    at = text(to, at, name, 2);
    at = text(to, at, topic, 4);
    at = text(to, at, key, 2);
    at = text(to, at, reason, 2);
    to.setObject(at++, after.orElse(LONG_AGO).atOffset(ZoneOffset.UTC));
    to.setObject(at++, before.orElse(FAR_OFF).atOffset(ZoneOffset.UTC));
    return at;
  }

  private static int text(PreparedStatement to, int first, Optional<String> value, int times)
      throws SQLException {
    for (int i = 0; i < times; i++) {
      to.setString(first + i, value.orElse(null));
    }
    return first + times;
  }
}
