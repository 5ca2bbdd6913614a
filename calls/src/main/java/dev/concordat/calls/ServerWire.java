package dev.concordat.calls;

import dev.concordat.calls.grpc.MetadataCarrier;
import dev.concordat.calls.grpc.Tokens;
import dev.concordat.core.Background;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// Takes calls off gRPC and gives each a virtual thread.
final class ServerWire {
  private final ServerStep chain;
  private final ContextCodec codec;
  private final Limits limits;
  private final String service;
  private final Background threads;
  private final ServerDoor door;
  private final Alarms alarms = new Alarms();
  private final Set<ServingCall> serving = ConcurrentHashMap.newKeySet();

  ServerWire(ServerStep chain, ServerOptions options, Background threads) {
    this.chain = chain;
    this.codec = new ContextCodec(options.clock(), options.limits());
    this.limits = options.limits();
    this.service = options.service();
    this.threads = threads;
    this.door = new ServerDoor(options);
  }

  ServerCallHandler<byte[], byte[]> handler(ServedMethod served) {
    return (call, headers) -> arrive(served, call, headers);
  }

  int busy() {
    return serving.size();
  }

  /// Ends every call that is being served.
  void abandon(Failure why) {
    serving.forEach(call -> call.cancel(why));
  }

  /// Ends the calls of those whose certificate is no longer believed.
  void endUnbelieved() {
    serving.stream()
        .filter(call -> call.peer().filter(peer -> !peer.believed()).isPresent())
        .forEach(call -> call.cancel(ServerIdentity.unbelieved()));
  }

  private ServerCall.Listener<byte[]> arrive(
      ServedMethod served, ServerCall<byte[], byte[]> grpc, Metadata headers) {
    Context context = codec.read(new MetadataCarrier(headers));
    // The time left as the header says it is grpc's now; ours was measured at the arrival.
    context = context.withDeadline(ArrivalTracer.DEADLINE.get()).withService(service);
    context = Tokens.read(headers).map(context::withBearer).orElse(context);
    Optional<String> key =
        Optional.ofNullable(headers.get(MetadataCarrier.key(ContextCodec.IDEMPOTENCY_KEY)));
    ServingCall call = new ServingCall(served, grpc, limits, serving::remove, this::begin);
    serving.add(call);
    call.begin(context, key, chain, alarms);
    return call;
  }

  /// @param body says whether the time that it took tells something about load
  private void begin(ArrivedCall call, BooleanSupplier body) {
    ServerAdmission.Place place = door.enter(call);
    Runnable work =
        () -> {
          boolean telling = false;
          try {
            telling = body.getAsBoolean();
          } finally {
            place.leave(telling);
          }
        };
    try {
      threads.start(call.method().name(), io.grpc.Context.current().wrap(work));
    } catch (Failure stopping) {
      place.leave(false);
      throw stopping.with(stopping.details().withDecidedBy("drain"));
    }
  }

  void close() {
    door.close();
  }
}
