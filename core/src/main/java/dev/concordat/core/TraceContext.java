package dev.concordat.core;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Where in a trace we are.
///
/// Source: [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// @param traceId 32 lower-case hex digits, not all zero
/// @param spanId 16 lower-case hex digits, not all zero
/// @param sampled whether the trace is recorded
/// @param state the `tracestate` header as it came; empty when there was none
public record TraceContext(String traceId, String spanId, boolean sampled, String state) {
  private static final int TRACE_DIGITS = 32;
  private static final int SPAN_DIGITS = 16;
  private static final int PARENT_LENGTH = 55;
  private static final int MAX_STATE = 512;
  private static final HexFormat HEX = HexFormat.of();

  /// Checks the ids.
  public TraceContext {
    if (!isId(traceId, TRACE_DIGITS) || !isId(spanId, SPAN_DIGITS)) {
      throw new IllegalArgumentException(
          "a trace id has 32 and a span id 16 lower-case hex digits, not all zero; got %s and %s"
              .formatted(traceId, spanId));
    }
  }

  /// The beginning of a new trace.
  public static TraceContext begin(RandomGenerator random) {
    return new TraceContext(hex(random) + hex(random), hex(random), true, "");
  }

  /// Reads `traceparent` and `tracestate`; empty when the former is missing or malformed. A
  /// `tracestate` that is malformed or longer than 512 characters is left out.
  public static Optional<TraceContext> parse(String traceparent, String tracestate) {
    if (!isParent(traceparent)) {
      return Optional.empty();
    }
    String traceId = traceparent.substring(3, 35);
    String spanId = traceparent.substring(36, 52);
    if (!isId(traceId, TRACE_DIGITS) || !isId(spanId, SPAN_DIGITS)) {
      return Optional.empty();
    }
    boolean sampled = (HexFormat.fromHexDigit(traceparent.charAt(54)) & 1) == 1;
    String state = isState(tracestate) ? tracestate : "";
    return Optional.of(new TraceContext(traceId, spanId, sampled, state));
  }

  /// The same trace, further down.
  public TraceContext child(RandomGenerator random) {
    return new TraceContext(traceId, hex(random), sampled, state);
  }

  /// The `traceparent` header.
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  // A version that does not exist yet may add fields after the flags; ff never will exist.
  private static boolean isParent(String text) {
    return text.length() >= PARENT_LENGTH
        && isHex(text, 0, 2)
        && !text.startsWith("ff")
        && text.charAt(2) == '-'
        && text.charAt(35) == '-'
        && text.charAt(52) == '-'
        && isHex(text, 53, PARENT_LENGTH)
        && (text.length() == PARENT_LENGTH
            || (!text.startsWith("00") && text.charAt(PARENT_LENGTH) == '-'));
  }

  private static boolean isState(String text) {
    return text.length() <= MAX_STATE && Printable.all(text);
  }

  private static boolean isId(String id, int digits) {
    if (id.length() != digits || !isHex(id, 0, digits)) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      if (id.charAt(i) != '0') {
        return true;
      }
    }
    return false;
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static String hex(RandomGenerator random) {
    long value = random.nextLong();
    while (value == 0) {
      value = random.nextLong();
    }
    return HEX.toHexDigits(value);
  }
}
