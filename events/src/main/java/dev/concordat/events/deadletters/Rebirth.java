package dev.concordat.events.deadletters;

import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.core.TraceContext;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Headers;
import dev.concordat.events.subscriptions.Expiry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is written on the envelope of a message that is sent back: the old headers without what was
/// true of its first life only. Its trace is a new one, linked with the old: a conversation that
/// ended days ago is not stretched until today. A deadline that has passed is taken away, or the
/// message would be given up on again for that alone.
///
/// @param headers as they are stored
/// @param traceId of the new trace
record Rebirth(String headers, String traceId) {
  private static final List<String> OF_THE_FIRST_LIFE =
      List.of(
          ContextCodec.TRACEPARENT,
          ContextCodec.TRACESTATE,
          ContextCodec.ATTEMPT,
          ContextCodec.HEDGED,
          ContextCodec.IDEMPOTENCY_KEY);

  static Rebirth of(Parts parts, String topic, String key, String stored) {
    Map<String, String> headers = new HashMap<>(Headers.read(stored));
    List<TraceContext> before = trace(headers).stream().toList();
    OF_THE_FIRST_LIFE.forEach(headers::remove);
    for (String until : List.of(ContextCodec.DEADLINE, Expiry.HEADER)) {
      if (hasPassed(headers.get(until), parts.clock().now())) {
        headers.remove(until);
      }
    }
    var activity =
        new Activity(
            Kind.PRODUCER,
            "redrive " + topic,
            Context.root(),
            Map.of(
                "concordat.key", key,
                "messaging.system", "concordat",
                "messaging.destination.name", topic));
    try (var observation = parts.observer().begin(activity.withLinks(before))) {
      Optional<TraceContext> now = observation.context().trace();
      now.ifPresent(trace -> headers.put(ContextCodec.TRACEPARENT, trace.traceparent()));
      return new Rebirth(Headers.write(headers), now.map(TraceContext::traceId).orElse(""));
    }
  }

  /// The trace that a message belongs to.
  static Optional<TraceContext> trace(Map<String, String> headers) {
    return Optional.ofNullable(headers.get(ContextCodec.TRACEPARENT))
        .flatMap(parent -> TraceContext.parse(parent, ""));
  }

  private static boolean hasPassed(@Nullable String deadline, Instant now) {
    try {
      return deadline != null && !Instant.parse(deadline).isAfter(now);
    } catch (DateTimeException e) {
      return true;
    }
  }
}
