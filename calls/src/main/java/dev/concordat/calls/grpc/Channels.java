package dev.concordat.calls.grpc;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.core.Limits;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The gRPC channels to one instance: the one that new calls take, and those that were replaced and
/// only end what they carry.
///
/// A channel whose connection failed is replaced and not reused: gRPC would fail every call on it
/// until its own backoff, which grows to minutes, has passed. One that was opened with another
/// certificate than the present one is replaced too.
final class Channels {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_ANSWER_SECONDS = 10;

  /// What a callee may send of one stream that nobody reads yet, in bytes. gRPC's own 1 MiB, which
  /// grows by itself to 8, is held in memory several times over where messages are small: a hundred
  /// readers that stop would cost their process 250 MB.
  private static final int STREAM_WINDOW = 256 * 1024;

  private final Endpoint endpoint;
  private final Limits limits;
  private final Optional<SslContext> tls;
  private final List<ManagedChannel> leaving = new ArrayList<>();
  private volatile ManagedChannel newest;
  private Runnable atClose = () -> {};
  private boolean retired;

  Channels(Endpoint endpoint, Limits limits, Optional<SslContext> tls) {
    this.endpoint = endpoint;
    this.limits = limits;
    this.tls = tls;
    this.newest = connect();
  }

  /// The one for a new call.
  ManagedChannel newest() {
    return newest;
  }

  /// Runs this when no new calls are taken any more.
  synchronized void untilClosed(Runnable last) {
    atClose = last;
    if (retired) {
      last.run();
    }
  }

  /// Calls under way end on the present channel, new ones take another.
  void renew() {
    replace(newest);
  }

  synchronized void replace(ManagedChannel old) {
    if (old.equals(newest) && !retired) {
      newest = connect();
      leaving.removeIf(ManagedChannel::isTerminated);
      leaving.add(old);
      old.shutdown();
    }
  }

  synchronized void retire() {
    if (!retired) {
      retired = true;
      atClose.run();
    }
    newest.shutdown();
  }

  boolean awaitEnd(Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    for (ManagedChannel channel : all()) {
      long left = Math.max(0, until - System.nanoTime());
      if (!channel.awaitTermination(left, TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  void close() {
    retire();
    all().forEach(ManagedChannel::shutdownNow);
  }

  private synchronized List<ManagedChannel> all() {
    List<ManagedChannel> all = new ArrayList<>(leaving);
    all.add(newest);
    return all;
  }

  private ManagedChannel connect() {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .directExecutor()
            // Retrying is ours: no policy may come in through the name service. What remains is
            // gRPC's own repeat, once, of a stream that the callee has certified not to have seen.
            .disableServiceConfigLookUp()
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
            .flowControlWindow(STREAM_WINDOW)
            .maxInboundMessageSize(limits.messageBytes())
            .maxInboundMetadataSize(limits.headerBytes());
    tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    return builder.build();
  }
}
