package dev.concordat.cli;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// An instant as people write it: `2026-11-21T08:00:00Z`, `2026-11-21T08:00` and `2026-11-21` in
/// the time zone of this machine, and `-10m` for ten minutes ago.
final class Moments {
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private Moments() {}

  /// @throws dev.concordat.core.Failure that says how to write it
  static Instant parse(String text, Instant now) {
    return parse(text, now, "");
  }

  /// The same where some words stand for an instant too.
  ///
  /// @param words to be named when it is none of them either, for example `; or start`
  static Instant parse(String text, Instant now, String words) {
    try {
      if (text.startsWith("-")) {
        return now.minus(Times.parse(text.substring(1)));
      }
      if (text.length() == 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
      }
      return text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:?\\d\\d")
          ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from)
          : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeException e) {
      throw Refusal.because(
          "\""
              + text
              + "\" is no instant; write 2026-11-21T08:00:00Z, 2026-11-21T08:00, 2026-11-21, or"
              + " -10m for ten minutes ago"
              + words,
          e);
    }
  }

  static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  /// For people, in the time zone of this machine.
  static String shown(Timestamp at) {
    return SHOWN.format(instant(at));
  }

  /// In UTC, to the second.
  static String utc(Timestamp at) {
    return instant(at).atOffset(ZoneOffset.UTC).withNano(0).toInstant().toString();
  }
}
