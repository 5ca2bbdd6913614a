package dev.concordat.calls.grpc;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.Health;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Clock;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Limits;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The one gRPC channel to one instance.
///
/// A channel whose connection failed is replaced and not reused: gRPC would fail every call on it
/// until its own backoff, which grows to minutes, has passed.
final class GrpcConnection implements Connection {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_ANSWER_SECONDS = 10;

  /// What a callee may send of one stream that nobody reads yet, in bytes. gRPC's own 1 MiB, which
  /// grows by itself to 8, is held in memory several times over where messages are small: a hundred
  /// readers that stop would cost their process 250 MB.
  private static final int STREAM_WINDOW = 256 * 1024;

  private final Endpoint endpoint;
  private final Limits limits;
  private final ContextCodec codec;
  private final GrpcMethods methods;
  private volatile ManagedChannel channel;
  private boolean retired;

  GrpcConnection(Endpoint endpoint, Clock clock, Limits limits, GrpcMethods methods) {
    this.endpoint = endpoint;
    this.limits = limits;
    this.codec = new ContextCodec(clock, limits);
    this.methods = methods;
    this.channel = connect();
  }

  @Override
  public OngoingCall open(OutgoingCall call, Consumer<Ending> ended) {
    if (call.request().length > limits.messageBytes()) {
      throw FailureCodec.tooLarge("the request", call.request().length, limits.messageBytes());
    }
    ManagedChannel on = channel;
    Metadata headers = new Metadata();
    codec.write(call.context(), new MetadataCarrier(headers));
    Departure departure = new Departure();
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(departure);
    // Not in the grpc context of the handler that we may be in: its deadline and cancellation reach
    // the call through our own context, and work that was detached from them must not be bound
    // again.
    io.grpc.Context handler = io.grpc.Context.ROOT.attach();
    try {
      ClientCall<byte[], byte[]> grpc = on.newCall(methods.of(call.method()), options);
      GrpcCall wire =
          new GrpcCall(
              call,
              grpc,
              departure,
              limits.messageBytes(),
              ending -> {
                if (ending.nobodyThere()) {
                  replace(on);
                }
                ended.accept(ending);
              });
      wire.start(headers, limits.streamBuffer());
      return wire;
    } finally {
      io.grpc.Context.ROOT.detach(handler);
    }
  }

  @Override
  public Health check(Duration patience) throws InterruptedException {
    ManagedChannel on = channel;
    Health health = HealthCheck.ask(on, patience);
    if (health == Health.UNREACHABLE) {
      replace(on);
    }
    return health;
  }

  @Override
  public synchronized void retire() {
    retired = true;
    channel.shutdown();
  }

  @Override
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return channel.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public synchronized void close() {
    retired = true;
    channel.shutdownNow();
  }

  private synchronized void replace(ManagedChannel broken) {
    if (broken.equals(channel) && !retired) {
      channel = connect();
      broken.shutdown();
    }
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
        .usePlaintext()
        .directExecutor()
        // Retrying is ours: no policy may come in through the name service. What remains is gRPC's
        // own repeat, once, of a stream that the callee has certified not to have seen.
        .disableServiceConfigLookUp()
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
        .flowControlWindow(STREAM_WINDOW)
        .maxInboundMessageSize(limits.messageBytes())
        .maxInboundMetadataSize(limits.headerBytes())
        .build();
  }
}
