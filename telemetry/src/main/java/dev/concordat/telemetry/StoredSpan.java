package dev.concordat.telemetry;

import dev.concordat.core.Observer.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One span as it was kept.
///
/// @param place where it stands in its trace
/// @param service which service it happened in
/// @param name what happened
/// @param kind its place in the conversation
/// @param began when, on that service's clock
/// @param took how long
/// @param failure why it failed; empty when it did not
/// @param attributes what is known of it
/// @param events what happened meanwhile, in order
public record StoredSpan(
    Place place,
    String service,
    String name,
    Kind kind,
    Instant began,
    Duration took,
    Optional<Failed> failure,
    Map<String, String> attributes,
    List<Moment> events) {
  /// Copies attributes and events.
  public StoredSpan {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    events = List.copyOf(events);
  }

  /// The business key, for example an order's id.
  public Optional<String> key() {
    return Optional.ofNullable(attributes.get(SpanAttributes.KEY));
  }

  /// When it ended.
  public Instant ended() {
    return began.plus(took);
  }

  /// Where a span stands in its trace.
  ///
  /// @param traceId 32 hex digits
  /// @param spanId 16 hex digits
  /// @param parentId the span that led to this one; empty for the first
  public record Place(String traceId, String spanId, Optional<String> parentId) {}

  /// Why a span failed.
  ///
  /// @param error a code, or the class of an exception
  /// @param message for people; may be empty
  public record Failed(String error, String message) {}

  /// Something that happened during a span.
  ///
  /// @param at when
  /// @param name what
  /// @param attributes what is known of it
  public record Moment(Instant at, String name, Map<String, String> attributes) {
    /// Copies the attributes.
    public Moment {
      attributes = Map.copyOf(attributes);
    }
  }
}
