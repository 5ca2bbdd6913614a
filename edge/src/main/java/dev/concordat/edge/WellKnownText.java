package dev.concordat.edge;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Timestamps, durations and field masks as text.
final class WellKnownText {
  private static final long MAX_DURATION_SECONDS = 315_576_000_000L;
  private static final long MIN_INSTANT = -62_135_596_800L;
  private static final long MAX_INSTANT = 253_402_300_799L;
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");
  private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,12})(?:\\.(\\d{1,9}))?s");
  private static final Pattern MASK_PATH = Pattern.compile("[a-zA-Z0-9]+(\\.[a-zA-Z0-9]+)*");
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);

  private WellKnownText() {}

  static void timestamp(String text, WireWriter out, JsonPath path) {
    try {
      if (TIMESTAMP.matcher(text).matches()) {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        if (instant.getEpochSecond() >= MIN_INSTANT && instant.getEpochSecond() <= MAX_INSTANT) {
          secondsAndNanos(instant.getEpochSecond(), instant.getNano(), out);
          return;
        }
      }
    } catch (DateTimeException e) {
      // Refused below, as the other malformed ones: the 31st of February has no better name.
    }
    throw path.refuse(
        "json.timestamp",
        "expected a timestamp such as \"2026-01-31T12:00:00Z\", found \"" + Shown.of(text) + "\"");
  }

  static void duration(String text, WireWriter out, JsonPath path) {
    Matcher match = DURATION.matcher(text);
    if (match.matches()) {
      long seconds = Long.parseLong(match.group(2));
      String fraction = match.group(3) == null ? "" : match.group(3);
      int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
      boolean fits =
          seconds < MAX_DURATION_SECONDS || (seconds == MAX_DURATION_SECONDS && nanos == 0);
      if (fits) {
        int sign = match.group(1).isEmpty() ? 1 : -1;
        secondsAndNanos(sign * seconds, sign * nanos, out);
        return;
      }
    }
    throw path.refuse(
        "json.duration", "expected a duration such as \"1.5s\", found \"" + Shown.of(text) + "\"");
  }

  static void fieldMask(String text, WireWriter out, JsonPath path) {
    if (text.isEmpty()) {
      return;
    }
    for (String mask : text.split(",", -1)) {
      if (!MASK_PATH.matcher(mask).matches()) {
        throw path.refuse(
            "json.field_mask",
            "expected field names such as \"customerId,lines.quantity\", found \""
                + Shown.of(text)
                + "\"");
      }
      byte[] name = snake(mask).getBytes(StandardCharsets.UTF_8);
      out.tag(1, 2);
      out.bytes(name, 0, name.length);
    }
  }

  /// RFC 3339 in UTC, with 0, 3, 6 or 9 digits of fraction.
  static String timestamp(long seconds, int nanos) {
    if (seconds < MIN_INSTANT || seconds > MAX_INSTANT || nanos < 0 || nanos > 999_999_999) {
      throw Undecodable.because("a timestamp out of range");
    }
    return SECONDS.format(Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC))
        + fraction(nanos)
        + "Z";
  }

  static String duration(long seconds, int nanos) {
    boolean mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
    if (mixed
        || Math.abs(nanos) > 999_999_999
        || seconds > MAX_DURATION_SECONDS
        || seconds < -MAX_DURATION_SECONDS) {
      throw Undecodable.because("a duration out of range");
    }
    String sign = seconds < 0 || nanos < 0 ? "-" : "";
    return sign + Math.abs(seconds) + fraction(Math.abs(nanos)) + "s";
  }

  /// `customer_id` to `customerId`.
  static String camel(String name) {
    StringBuilder text = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        text.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return text.toString();
  }

  private static String snake(String name) {
    StringBuilder text = new StringBuilder(name.length() + 8);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        text.append('_').append((char) (c + ('a' - 'A')));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static String fraction(int nanos) {
    if (nanos == 0) {
      return "";
    }
    String digits = String.format(Locale.ROOT, "%09d", nanos);
    int kept = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
    return "." + digits.substring(0, kept);
  }

  private static void secondsAndNanos(long seconds, int nanos, WireWriter out) {
    if (seconds != 0) {
      out.tag(1, 0);
      out.varint(seconds);
    }
    if (nanos != 0) {
      out.tag(2, 0);
      out.varint(nanos);
    }
  }
}
