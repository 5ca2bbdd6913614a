package dev.concordat.events.tasks;

import java.time.Duration;
import java.time.OffsetDateTime;

/// How far back a repeated look at "what is due by now" goes: to the last look, and now and then to
/// the beginning, for what was written late. Rows that are gone stay in an index for as long as any
/// transaction sees them; this way each is read past once, not in every look.
///
/// Threads: one.
final class Lookback {
  static final OffsetDateTime BEGINNING = OffsetDateTime.parse("1900-01-01T00:00:00Z");
  private static final Duration FIRST_FULL = Duration.ofSeconds(5);
  private static final int SHARE = 50;

  private final Duration between;
  private OffsetDateTime seen = BEGINNING;
  private long nextFull;

  /// @param between the shortest time between two looks to the beginning; they take one fiftieth of
  ///   the time at most
  Lookback(Duration between, long now) {
    this.between = between;
    this.nextFull = now;
  }

  /// Begins here instead, and looks to the beginning only when it is time to.
  void begin(OffsetDateTime from, long now) {
    seen = from;
    nextFull = now + FIRST_FULL.toNanos();
  }

  /// Where the look begins.
  OffsetDateTime from(long now) {
    return now - nextFull >= 0 ? BEGINNING : seen;
  }

  /// Takes note of a look.
  ///
  /// @param upTo up to where everything was seen
  void looked(OffsetDateTime from, OffsetDateTime upTo, long took, long now) {
    if (from.equals(BEGINNING)) {
      nextFull = now + Math.max(between.toNanos(), SHARE * took);
    }
    if (upTo.isAfter(seen)) {
      seen = upTo;
    }
  }
}
