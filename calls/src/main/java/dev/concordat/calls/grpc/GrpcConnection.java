package dev.concordat.calls.grpc;

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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The way to one instance on gRPC.
final class GrpcConnection implements Connection {
  private final Channels channels;
  private final Limits limits;
  private final ContextCodec codec;
  private final GrpcMethods methods;

  GrpcConnection(Channels channels, Clock clock, Limits limits, GrpcMethods methods) {
    this.channels = channels;
    this.limits = limits;
    this.codec = new ContextCodec(clock, limits);
    this.methods = methods;
  }

  @Override
  public OngoingCall open(OutgoingCall call, Consumer<Ending> ended) {
    if (call.request().length > limits.messageBytes()) {
      throw FailureCodec.tooLarge("the request", call.request().length, limits.messageBytes());
    }
    ManagedChannel on = channels.newest();
    Metadata headers = new Metadata();
    codec.write(call.context(), new MetadataCarrier(headers));
    call.context().bearer().ifPresent(bearer -> Tokens.write(bearer, headers));
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
                  channels.replace(on);
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
    ManagedChannel on = channels.newest();
    Health health = HealthCheck.ask(on, patience);
    if (health == Health.UNREACHABLE) {
      channels.replace(on);
    }
    return health;
  }

  @Override
  public void retire() {
    channels.retire();
  }

  @Override
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return channels.awaitEnd(patience);
  }

  @Override
  public void close() {
    channels.close();
  }
}
