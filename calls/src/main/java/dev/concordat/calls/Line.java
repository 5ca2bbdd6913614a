package dev.concordat.calls;

import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The one channel to one instance, and how it is doing.
///
/// A channel whose connection failed is replaced and not reused: gRPC would fail every call on it
/// until its own backoff, which grows to minutes, has passed.
final class Line {
  /// How long an instance that could not be reached is left alone while there are others.
  static final Duration PENALTY = Duration.ofMillis(500);

  private static final int CONNECT_MILLIS = 2_000;
  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_ANSWER_SECONDS = 10;

  private final Endpoint endpoint;
  private final Limits limits;
  private final Clock clock;
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile ManagedChannel channel;
  private volatile boolean broken;
  private long brokenAt;
  private boolean closed;

  Line(Endpoint endpoint, Limits limits, Clock clock) {
    this.endpoint = endpoint;
    this.limits = limits;
    this.clock = clock;
    this.channel = connect();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  AtomicInteger outstanding() {
    return outstanding;
  }

  ManagedChannel channel() {
    return channel;
  }

  /// Whether it could not be reached a moment ago.
  boolean penalised() {
    return broken && stillBroken();
  }

  private synchronized boolean stillBroken() {
    broken = broken && clock.nanos() - brokenAt < PENALTY.toNanos();
    return broken;
  }

  /// A call on this channel found nobody at the other end.
  synchronized void broke(ManagedChannel on) {
    broken = true;
    brokenAt = clock.nanos();
    if (on.equals(channel) && !closed) {
      channel = connect();
      on.shutdown();
    }
  }

  /// Lets calls end and takes no new ones.
  synchronized void retire() {
    closed = true;
    channel.shutdown();
  }

  /// Ends everything now.
  synchronized void cut() {
    closed = true;
    channel.shutdownNow();
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
        .usePlaintext()
        .directExecutor()
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(limits.messageBytes())
        .maxInboundMetadataSize(limits.headerBytes())
        .build();
  }
}
