package dev.concordat.calls;

import dev.concordat.core.ContextCodec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.util.concurrent.TimeUnit;

/// Puts one attempt on gRPC.
final class ClientWire {
  private final ContextCodec codec;
  private final int messageBytes;
  private final int streamBuffer;
  private final GrpcMethods methods;

  ClientWire(CallsOptions options, GrpcMethods methods) {
    this.codec = new ContextCodec(options.clock(), options.limits());
    this.messageBytes = options.limits().messageBytes();
    this.streamBuffer = options.limits().streamBuffer();
    this.methods = methods;
  }

  OngoingCall open(OutgoingCall call, Target target, Line line) {
    if (call.request().length > messageBytes) {
      throw FailureCodec.tooLarge("the request", call.request().length, messageBytes);
    }
    ManagedChannel channel = line.channel();
    Metadata headers = new Metadata();
    codec.write(call.context(), new MetadataCarrier(headers));
    Departure departure = new Departure();
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(departure);
    // Not in the grpc context of the handler that we may be in: its deadline and cancellation reach
    // the
    // call through our own context, and work that was detached from them must not be bound again.
    io.grpc.Context handler = io.grpc.Context.ROOT.attach();
    try {
      ClientCall<byte[], byte[]> grpc = channel.newCall(methods.of(call.method()), options);
      line.outstanding().incrementAndGet();
      WireCall wire =
          new WireCall(
              call,
              grpc,
              departure,
              messageBytes,
              nobodyThere -> {
                line.outstanding().decrementAndGet();
                if (nobodyThere) {
                  target.broke(line, channel);
                }
              });
      wire.start(headers, streamBuffer);
      return wire;
    } finally {
      io.grpc.Context.ROOT.detach(handler);
    }
  }
}
