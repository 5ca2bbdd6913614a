package dev.concordat.service;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.TraceContext;
import dev.concordat.events.log.Envelope;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Instants, durations and envelopes as the contracts of the desks have them.
final class Protos {
  private Protos() {}

  static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  static Duration duration(java.time.Duration time) {
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }

  /// What stands on an envelope beside topic and key.
  static Map<String, String> envelope(Envelope message) {
    Map<String, String> attributes = new TreeMap<>(message.headers());
    attributes.put("id", message.id().toString());
    attributes.put("source", message.source());
    attributes.put("time", message.time().toString());
    return attributes;
  }

  static String traceId(Envelope message) {
    return Optional.ofNullable(message.headers().get(ContextCodec.TRACEPARENT))
        .flatMap(parent -> TraceContext.parse(parent, ""))
        .map(TraceContext::traceId)
        .orElse("");
  }
}
