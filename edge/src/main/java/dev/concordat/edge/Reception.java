package dev.concordat.edge;

import dev.concordat.calls.RawCaller;
import dev.concordat.core.Background;
import dev.concordat.core.ContextCodec;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// What all requests share.
///
/// @param options how the edge is run
/// @param routes where requests go
/// @param transcoder JSON and protobuf
/// @param upstreams the service of an owner
/// @param runtime what runs
record Reception(
    EdgeOptions options,
    RouteTable routes,
    Transcoder transcoder,
    Function<String, RawCaller> upstreams,
    ContextCodec codec,
    Running runtime) {

  /// What exists while the edge runs.
  ///
  /// @param vertx timers
  /// @param background the threads on which calls wait
  /// @param guard the connections
  /// @param requests under way
  /// @param draining whether no connection is kept
  record Running(
      Vertx vertx,
      Background background,
      ConnectionGuard guard,
      AtomicInteger requests,
      AtomicBoolean draining) {}
}
