package dev.concordat.telemetry;

import java.time.Duration;

/// How much the [SpanStore] holds.
///
/// @param queue ended spans that wait to be written, more are dropped; default 10,000
/// @param batch spans written in one statement; default 1,000
/// @param interval time between two writes, default 200 ms
/// @param keepSpans about how many spans are kept, the newest; default 200,000
/// @param keepFor how long a span is kept; default 1 day
public record SpanStoreOptions(
    int queue, int batch, Duration interval, long keepSpans, Duration keepFor) {
  /// The defaults named above.
  public static final SpanStoreOptions DEFAULT =
      new SpanStoreOptions(10_000, 1_000, Duration.ofMillis(200), 200_000, Duration.ofDays(1));

  /// Checks that every limit lets something through.
  public SpanStoreOptions {
    if (queue < 1 || batch < 1 || keepSpans < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
    if (!interval.isPositive() || !keepFor.isPositive()) {
      throw new IllegalArgumentException("every duration must be more than zero");
    }
  }

  /// The same with another queue.
  public SpanStoreOptions withQueue(int queue) {
    return new SpanStoreOptions(queue, batch, interval, keepSpans, keepFor);
  }

  /// The same with another number of kept spans.
  public SpanStoreOptions withKeepSpans(long keepSpans) {
    return new SpanStoreOptions(queue, batch, interval, keepSpans, keepFor);
  }

  /// The same with another time of keeping.
  public SpanStoreOptions withKeepFor(Duration keepFor) {
    return new SpanStoreOptions(queue, batch, interval, keepSpans, keepFor);
  }
}
