package dev.concordat.core;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Writes a context to the wire and reads it back: the same names for gRPC metadata, HTTP headers and
/// message headers. Only the deadline differs: a call carries the time that is left
/// (`grpc-timeout`), a message the instant until which it is worth handling
/// (`concordat-deadline`).
///
/// What cannot be read is treated as absent: a stranger's headers never fail a request.
///
/// Sources: W3C Trace Context, W3C Baggage, gRPC over HTTP/2 (`grpc-timeout`), The Idempotency-Key
/// HTTP Header Field (draft-ietf-httpapi-idempotency-key-header).
public final class ContextCodec {
  /// Time left, for example `1500m`; at most eight digits and one of `H M S m u n`.
  public static final String TIMEOUT = "grpc-timeout";

  /// The instant until which a message is worth handling, RFC 3339.
  public static final String DEADLINE = "concordat-deadline";

  /// The caller's name for the operation.
  public static final String IDEMPOTENCY_KEY = "idempotency-key";

  /// The calling service.
  public static final String CALLER = "concordat-caller";

  /// `low`, `normal` or `high`.
  public static final String PRIORITY = "concordat-priority";

  /// Which try this is, from 1; absent for the first.
  public static final String ATTEMPT = "concordat-attempt";

  /// Place in the trace.
  public static final String TRACEPARENT = "traceparent";

  /// Vendors' places in the trace.
  public static final String TRACESTATE = "tracestate";

  /// Name-value pairs.
  public static final String BAGGAGE = "baggage";

  private static final String UNITS = "HMSmun";
  private static final long[] UNIT_NANOS = {
    3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
  };

  private final Clock clock;
  private final Limits limits;

  /// A codec that measures deadlines on this clock and cuts what is larger than these limits.
  public ContextCodec(Clock clock, Limits limits) {
    this.clock = clock;
    this.limits = limits;
  }

  /// Writes everything but the deadline.
  public void write(Context context, Carrier to) {
    context.trace().ifPresent(trace -> {
      to.set(TRACEPARENT, trace.traceparent());
      if (!trace.state().isEmpty()) {
        to.set(TRACESTATE, trace.state());
      }
    });
    context.idempotencyKey().ifPresent(key -> to.set(IDEMPOTENCY_KEY, key));
    context.caller().ifPresent(caller -> to.set(CALLER, caller));
    if (context.priority() != Priority.NORMAL) {
      to.set(PRIORITY, context.priority().name().toLowerCase(Locale.ROOT));
    }
    if (context.attempt() > 1) {
      to.set(ATTEMPT, Integer.toString(context.attempt()));
    }
    String baggage = Baggage.write(context.baggage(), limits.baggageBytes());
    if (!baggage.isEmpty()) {
      to.set(BAGGAGE, baggage);
    }
  }

  /// Writes the time that is left, for a call. gRPC does so itself.
  public void writeTimeout(Context context, Carrier to) {
    context.deadline().ifPresent(d -> to.set(TIMEOUT, formatTimeout(d.remaining())));
  }

  /// Writes the instant of the deadline, for a message.
  public void writeDeadline(Context context, Carrier to) {
    context
        .deadline()
        .ifPresent(d -> to.set(DEADLINE, clock.now().plus(d.remaining()).toString()));
  }

  /// Reads what [#write], [#writeTimeout] and [#writeDeadline] wrote.
  public Context read(Carrier from) {
    Context context = Context.root().withBaggage(from.get(BAGGAGE).map(
        text -> Baggage.read(text, limits.baggageBytes())).orElseGet(Map::of));
    Optional<TraceContext> trace =
        from.get(TRACEPARENT)
            .flatMap(parent -> TraceContext.parse(parent, from.get(TRACESTATE).orElse("")));
    Optional<String> key = from.get(IDEMPOTENCY_KEY).filter(this::acceptable);
    Optional<String> caller = from.get(CALLER).filter(this::acceptable);
    Optional<Duration> left = from.get(TIMEOUT).flatMap(ContextCodec::parseTimeout);
    Optional<Duration> until = from.get(DEADLINE).flatMap(this::untilInstant);
    context = trace.map(context::withTrace).orElse(context);
    context = key.map(context::withIdempotencyKey).orElse(context);
    context = caller.map(context::withCaller).orElse(context);
    context = left.map(d -> Deadline.after(d, clock)).map(context::withDeadline).orElse(context);
    context = until.map(d -> Deadline.after(d, clock)).map(context::withDeadline).orElse(context);
    return context
        .withPriority(from.get(PRIORITY).map(ContextCodec::parsePriority).orElse(Priority.NORMAL))
        .withAttempt(from.get(ATTEMPT).map(ContextCodec::parseAttempt).orElse(1));
  }

  /// `grpc-timeout` for this duration, in the finest unit that fits eight digits.
  public static String formatTimeout(Duration left) {
    for (int unit = UNITS.length() - 1; unit >= 0; unit--) {
      long value = left.toNanos() / UNIT_NANOS[unit];
      if (value <= 99_999_999L) {
        return value + "" + UNITS.charAt(unit);
      }
    }
    return "99999999H";
  }

  /// Reads `grpc-timeout`; empty when malformed.
  public static Optional<Duration> parseTimeout(String text) {
    int unit = text.isEmpty() ? -1 : UNITS.indexOf(text.charAt(text.length() - 1));
    String digits = text.isEmpty() ? "" : text.substring(0, text.length() - 1);
    if (unit < 0 || digits.isEmpty() || digits.length() > 8 || !isNumber(digits)) {
      return Optional.empty();
    }
    long value = Long.parseLong(digits);
    long seconds = unit < 3 ? Math.multiplyExact(value, UNIT_NANOS[unit] / 1_000_000_000L) : 0;
    return Optional.of(
        unit < 3 ? Duration.ofSeconds(seconds) : Duration.ofNanos(value * UNIT_NANOS[unit]));
  }

  private Optional<Duration> untilInstant(String text) {
    try {
      return Optional.of(Duration.between(clock.now(), Instant.parse(text)));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private boolean acceptable(String value) {
    return !value.isBlank()
        && value.length() <= limits.keyLength()
        && StandardCharsets.US_ASCII.newEncoder().canEncode(value);
  }

  private static Priority parsePriority(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "low" -> Priority.LOW;
      case "high" -> Priority.HIGH;
      default -> Priority.NORMAL;
    };
  }

  private static int parseAttempt(String text) {
    return text.length() <= 3 && isNumber(text) ? Math.max(1, Integer.parseInt(text)) : 1;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /// A carrier in memory; names are compared without regard to case.
  public static Carrier carrier(Map<String, String> headers) {
    Map<String, String> lower = new LinkedHashMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return new Carrier() {
      @Override
      public Optional<String> get(String name) {
        return Optional.ofNullable(lower.get(name.toLowerCase(Locale.ROOT)));
      }

      @Override
      public void set(String name, String value) {
        lower.put(name.toLowerCase(Locale.ROOT), value);
        headers.put(name, value);
      }
    };
  }
}
