package dev.concordat.core;

import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Where in a trace we are.
///
/// Source: [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// @param traceId 32 lower-case hex digits, not all zero
/// @param spanId 16 lower-case hex digits, not all zero
/// @param sampled whether the trace is recorded
/// @param state the `tracestate` header as it came; empty when there was none
public record TraceContext(String traceId, String spanId, boolean sampled, String state) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final String NO_TRACE = "0".repeat(32);
  private static final String NO_SPAN = "0".repeat(16);

  /// The beginning of a new trace.
  public static TraceContext begin(RandomGenerator random) {
    return new TraceContext(
        hex(random) + hex(random), hex(random), true, "");
  }

  /// Reads `traceparent` and `tracestate`; empty when the former is missing or malformed.
  public static Optional<TraceContext> parse(String traceparent, String tracestate) {
    var match = TRACEPARENT.matcher(traceparent);
    if (!match.matches()
        || match.group(2).equals(NO_TRACE)
        || match.group(3).equals(NO_SPAN)
        || (match.group(1).equals("00") && match.group(5) != null)) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(match.group(4), 16) & 1) == 1;
    return Optional.of(new TraceContext(match.group(2), match.group(3), sampled, tracestate));
  }

  /// The same trace, further down.
  public TraceContext child(RandomGenerator random) {
    return new TraceContext(traceId, hex(random), sampled, state);
  }

  /// The `traceparent` header.
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static String hex(RandomGenerator random) {
    long value = random.nextLong();
    while (value == 0) {
      value = random.nextLong();
    }
    return String.format("%016x", value);
  }
}
