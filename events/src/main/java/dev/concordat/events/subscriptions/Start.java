package dev.concordat.events.subscriptions;

import java.time.Instant;

/// Where a new subscription begins to read. One that exists goes on where it was.
public sealed interface Start {
  /// At the oldest message that the log still has.
  static Start beginning() {
    return new Beginning();
  }

  /// With what is told from now on.
  static Start end() {
    return new End();
  }

  /// With the first message appended at this instant or later.
  static Start at(Instant instant) {
    return new At(instant);
  }

  /// At the oldest message.
  record Beginning() implements Start {}

  /// After the newest message.
  record End() implements Start {}

  /// At an instant.
  record At(Instant instant) implements Start {}
}
