package dev.concordat.events;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// An instant as the driver takes it for `timestamptz`.
public final class Stamp {
  private Stamp() {}

  public static OffsetDateTime of(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
