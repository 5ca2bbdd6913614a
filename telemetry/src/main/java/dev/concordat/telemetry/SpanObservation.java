package dev.concordat.telemetry;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// One span that is under way.
///
/// A [Failure]'s message is made for the caller and may stand in a trace; the message of any other
/// exception may hold anything, so only its class is kept.
final class SpanObservation implements Observation {
  /// The codes that are a server's own fault; the others are an answer.
  private static final Set<Code> SERVER_ERRORS =
      EnumSet.of(
          Code.UNKNOWN,
          Code.DEADLINE_EXCEEDED,
          Code.UNIMPLEMENTED,
          Code.INTERNAL,
          Code.UNAVAILABLE,
          Code.DATA_LOSS);

  private final Span span;
  private final Activity activity;
  private final Context context;
  private final Clock clock;
  private final Meters meters;
  private final long began;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile String code = "OK";

  SpanObservation(Span span, Activity activity, Context context, Clock clock, Meters meters) {
    this.span = span;
    this.activity = activity;
    this.context = context.withObservation(this);
    this.clock = clock;
    this.meters = meters;
    this.began = clock.nanos();
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public void set(String attribute, String value) {
    if (SpanAttributes.isNumber(attribute, value)) {
      span.setAttribute(attribute, Long.parseLong(value));
    } else {
      span.setAttribute(attribute, value);
    }
  }

  @Override
  public void event(String name, Map<String, String> attributes) {
    span.addEvent(name, Telemetry.attributes(attributes));
  }

  @Override
  public void failed(Throwable failure) {
    if (failure instanceof Failure known) {
      code = known.code().name();
      span.setAttribute(SpanAttributes.ERROR, code);
      known(known);
    } else {
      code = Code.INTERNAL.name();
      String type = failure.getClass().getName();
      span.setAttribute(SpanAttributes.ERROR, type);
      span.setStatus(StatusCode.ERROR, type);
      span.addEvent("exception", Attributes.builder().put("exception.type", type).build());
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      span.end();
      meters.duration(activity, Duration.ofNanos(clock.nanos() - began), code);
    }
  }

  private void known(Failure failure) {
    if (activity.kind() != Kind.SERVER || SERVER_ERRORS.contains(failure.code())) {
      span.setStatus(StatusCode.ERROR, failure.message());
    } else {
      span.setAttribute("concordat.failure", failure.message());
    }
    Failure.Details details = failure.details();
    setUnlessEmpty("concordat.decided_by", details.decidedBy());
    setUnlessEmpty("concordat.reason", details.reason());
    if (details.attempts() > 1) {
      span.setAttribute("concordat.attempts", details.attempts());
    }
  }

  private void setUnlessEmpty(String attribute, String value) {
    if (!value.isEmpty()) {
      span.setAttribute(attribute, value);
    }
  }
}
