package dev.concordat.core;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/// Who watches. Every part reports to it what it does; `telemetry` turns that into OpenTelemetry.
///
/// Names follow the OpenTelemetry semantic conventions where there is one.
///
/// Threads: safe for many; every method returns quickly and never throws.
public interface Observer {
  /// Nobody watches. Traces still get ids, so that they survive a hop through an unwatched service.
  Observer NONE = new Unobserved();

  /// Something begins. The caller closes the observation, and runs the work in its
  /// [Observation#context()].
  Observation begin(Activity activity);

  /// Counts, for example `concordat.retries`.
  void count(String metric, long by, Map<String, String> attributes);

  /// Records one value of a distribution, for example a duration in seconds.
  void record(String metric, double value, Map<String, String> attributes);

  /// Registers a value that is read when somebody asks, for example a queue's length.
  ///
  /// @return takes the gauge away
  Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value);

  /// Something that takes time.
  ///
  /// @param kind its place in the conversation
  /// @param name low in cardinality: `shop.orders.v1.Orders/PlaceOrder`, never an id
  /// @param context where it happens; its trace is the parent
  /// @param attributes what is known at the start; names as in the semantic conventions
  /// @param links other conversations that it comes from without being part of them
  record Activity(
      Kind kind,
      String name,
      Context context,
      Map<String, String> attributes,
      List<TraceContext> links) {
    /// Copies the attributes and the links.
    public Activity {
      attributes = Map.copyOf(attributes);
      links = List.copyOf(links);
    }

    /// Something that belongs to one conversation alone.
    public Activity(Kind kind, String name, Context context, Map<String, String> attributes) {
      this(kind, name, context, attributes, List.of());
    }

    /// The same, linked with these.
    public Activity withLinks(List<TraceContext> links) {
      return new Activity(kind, name, context, attributes, links);
    }
  }

  /// The span kinds of OpenTelemetry.
  enum Kind {
    /// Answers a request.
    SERVER,
    /// Makes a request.
    CLIENT,
    /// Tells something without waiting.
    PRODUCER,
    /// Reacts to what was told.
    CONSUMER,
    /// Work inside one service.
    INTERNAL
  }
}
