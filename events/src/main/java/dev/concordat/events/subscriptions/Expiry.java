package dev.concordat.events.subscriptions;

import dev.concordat.events.log.Envelope;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// Until when a message is worth handling. Afterwards it becomes a dead letter instead.
public final class Expiry {
  /// The header, an instant in ISO 8601.
  public static final String HEADER = "concordat-worth-until";

  private Expiry() {}

  static boolean passed(Envelope message, Instant now) {
    return until(message).filter(until -> until.isBefore(now)).isPresent();
  }

  /// Until when it is worth handling; empty for always, also when it cannot be read.
  public static Optional<Instant> until(Envelope message) {
    String until = message.headers().get(HEADER);
    try {
      return until == null ? Optional.empty() : Optional.of(Instant.parse(until));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
