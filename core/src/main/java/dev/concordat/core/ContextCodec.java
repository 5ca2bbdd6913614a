package dev.concordat.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Writes a context to the wire and reads it back: the same names for gRPC metadata, HTTP headers
/// and message headers. Only the deadline differs: a call carries the time that is left
/// (`grpc-timeout`), a message the instant until which it is worth handling (`concordat-deadline`).
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

  /// `true` when somebody above asks another instance in case this takes too long or fails.
  public static final String HEDGED = "concordat-hedged";

  /// Of an answer over REST: `true` when the failure was retried already, see
  /// [Failure.Details#settled()]. A client of ours leaves it at that.
  public static final String SETTLED = "Concordat-Settled";

  /// Place in the trace.
  public static final String TRACEPARENT = "traceparent";

  /// Vendors' places in the trace.
  public static final String TRACESTATE = "tracestate";

  /// Name-value pairs.
  public static final String BAGGAGE = "baggage";

  private static final long MAX_TIMEOUT = 99_999_999L;
  private static final long SECOND = 1_000_000_000L;
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

  /// Writes everything but the deadline. A key or caller that cannot stand in a header is left out.
  public void write(Context context, Carrier to) {
    context.trace().ifPresent(trace -> to.set(TRACEPARENT, trace.traceparent()));
    context
        .trace()
        .map(TraceContext::state)
        .filter(state -> !state.isEmpty())
        .ifPresent(state -> to.set(TRACESTATE, state));
    context.idempotencyKey().filter(this::acceptable).ifPresent(k -> to.set(IDEMPOTENCY_KEY, k));
    context.caller().filter(this::acceptable).ifPresent(caller -> to.set(CALLER, caller));
    if (context.priority() != Priority.NORMAL) {
      to.set(PRIORITY, context.priority().name().toLowerCase(Locale.ROOT));
    }
    if (context.attempt() > 1) {
      to.set(ATTEMPT, Integer.toString(context.attempt()));
    }
    if (context.hedged()) {
      to.set(HEDGED, "true");
    }
    if (!context.baggage().isEmpty()) {
      String baggage = Baggage.write(context.baggage(), limits.baggageBytes());
      if (!baggage.isEmpty()) {
        to.set(BAGGAGE, baggage);
      }
    }
  }

  /// Writes the time that is left, for a call. gRPC does so itself.
  public void writeTimeout(Context context, Carrier to) {
    context.deadline().ifPresent(d -> to.set(TIMEOUT, formatTimeout(d.remaining())));
  }

  /// Writes the instant of the deadline, for a message.
  public void writeDeadline(Context context, Carrier to) {
    context.deadline().ifPresent(d -> to.set(DEADLINE, clock.now().plus(d.remaining()).toString()));
  }

  /// Reads what [#write], [#writeTimeout] and [#writeDeadline] wrote.
  public Context read(Carrier from) {
    // What is absent costs no copy: most calls have neither baggage nor priority nor attempt.
    Context context = Context.root();
    Optional<String> baggage = from.get(BAGGAGE);
    if (baggage.isPresent()) {
      context = context.withBaggage(Baggage.read(baggage.get(), limits.baggageBytes()));
    }
    Optional<String> priority = from.get(PRIORITY);
    if (priority.isPresent()) {
      context = context.withPriority(parsePriority(priority.get()));
    }
    Optional<String> attempt = from.get(ATTEMPT);
    if (attempt.isPresent()) {
      context = context.withAttempt(parseAttempt(attempt.get()));
    }
    if (from.get(HEDGED).filter("true"::equals).isPresent()) {
      context = context.withHedged(true);
    }
    context =
        from.get(TRACEPARENT)
            .flatMap(parent -> TraceContext.parse(parent, from.get(TRACESTATE).orElse("")))
            .map(context::withTrace)
            .orElse(context);
    context =
        from.get(IDEMPOTENCY_KEY)
            .filter(this::acceptable)
            .map(context::withIdempotencyKey)
            .orElse(context);
    context = from.get(CALLER).filter(this::acceptable).map(context::withCaller).orElse(context);
    context = withDeadline(context, from.get(TIMEOUT).flatMap(ContextCodec::parseTimeout));
    return withDeadline(context, from.get(DEADLINE).flatMap(this::untilInstant));
  }

  /// `grpc-timeout` for this duration, in the finest unit that fits eight digits; `0n` when nothing
  /// is left.
  public static String formatTimeout(Duration left) {
    long nanos = Math.max(0, Nanos.of(left));
    int unit = UNITS.length() - 1;
    while (nanos / UNIT_NANOS[unit] > MAX_TIMEOUT) {
      unit--;
    }
    return nanos / UNIT_NANOS[unit] + UNITS.substring(unit, unit + 1);
  }

  /// Reads `grpc-timeout`; empty when malformed.
  public static Optional<Duration> parseTimeout(String text) {
    int last = text.length() - 1;
    int unit = last < 1 || last > 8 ? -1 : UNITS.indexOf(text.charAt(last));
    if (unit < 0 || !isNumber(text.substring(0, last))) {
      return Optional.empty();
    }
    long value = Long.parseLong(text, 0, last, 10);
    long unitNanos = UNIT_NANOS[unit];
    return Optional.of(
        unitNanos >= SECOND
            ? Duration.ofSeconds(unitNanos / SECOND * value)
            : Duration.ofNanos(unitNanos * value));
  }

  private Context withDeadline(Context context, Optional<Duration> left) {
    return left.map(d -> context.withDeadline(Deadline.after(d, clock))).orElse(context);
  }

  private Optional<Duration> untilInstant(String text) {
    try {
      return Optional.of(Duration.between(clock.now(), Instant.parse(text)));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private boolean acceptable(String value) {
    return !value.isBlank() && value.length() <= limits.keyLength() && Printable.all(value);
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
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// A carrier over these headers, which it writes to; names are compared without regard to case.
  ///
  /// Threads: one at a time.
  public static Carrier carrier(Map<String, String> headers) {
    return new Carrier() {
      @Override
      public Optional<String> get(String name) {
        return headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase(name))
            .map(Map.Entry::getValue)
            .findFirst();
      }

      @Override
      public void set(String name, String value) {
        headers.keySet().removeIf(name::equalsIgnoreCase);
        headers.put(name, value);
      }
    };
  }
}
