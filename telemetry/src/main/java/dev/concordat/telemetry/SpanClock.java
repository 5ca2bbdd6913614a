package dev.concordat.telemetry;

import dev.concordat.core.Clock;
import java.time.Instant;

/// Core's clock as OpenTelemetry reads it.
record SpanClock(Clock clock) implements io.opentelemetry.sdk.common.Clock {
  @Override
  public long now() {
    return epochNanos(clock.now());
  }

  @Override
  public long nanoTime() {
    return clock.nanos();
  }

  static long epochNanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(0, epochNanos);
  }
}
