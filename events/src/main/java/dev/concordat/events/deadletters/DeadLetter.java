package dev.concordat.events.deadletters;

import dev.concordat.events.log.Envelope;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A message given up on.
///
/// @param id names it
/// @param place who gave it up
/// @param message the message as it was
/// @param reason why it was given up
/// @param attempts every try, the first one first
/// @param diedAt when it was given up
/// @param redrive who sent it back, and when; empty while nobody has
public record DeadLetter(
    long id,
    Place place,
    Envelope message,
    String reason,
    List<Attempt> attempts,
    Instant diedAt,
    Optional<Redrive> redrive) {
  /// Kind of a message that a subscription gave up on.
  public static final String EVENT = "event";

  /// Kind of a task that its workers gave up on.
  public static final String TASK = "task";

  /// Copies the list.
  public DeadLetter {
    attempts = List.copyOf(attempts);
  }

  /// Who gave it up.
  ///
  /// @param kind [#EVENT] or [#TASK]
  /// @param name the subscription or the queue
  /// @param where it stood there; only its kind understands it
  public record Place(String kind, String name, String where) {}

  /// One try.
  ///
  /// @param at when it failed
  /// @param error how
  public record Attempt(Instant at, String error) {
    /// Reads `instant, blank, error`.
    static Attempt parse(String text) {
      int blank = text.indexOf(' ');
      return new Attempt(Instant.parse(text.substring(0, blank)), text.substring(blank + 1));
    }
  }

  /// It was sent back.
  public record Redrive(Instant at, String by) {}
}
