package dev.concordat.calls;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.Registrar;
import dev.concordat.calls.grpc.ConnectionDoor;
import dev.concordat.calls.grpc.GrpcMethods;
import dev.concordat.calls.grpc.GrpcTls;
import dev.concordat.calls.identity.Tls;
import dev.concordat.contract.Binding;
import dev.concordat.contract.CallPolicy;
import dev.concordat.contract.ServiceContract;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Answers the calls of one service, on gRPC: any gRPC client can call it. Health
/// (`grpc.health.v1`) and reflection (`v1` and `v1alpha`) are there too.
///
/// Every call goes through the steps of `ServerSteps` and is handled on a virtual thread of its
/// own, which is interrupted when the caller has gone or the deadline has passed. The handler finds
/// deadline, caller, trace and cancellation in `Context.current()`.
///
/// Threads: [#drain] and [#close] from any thread; implementations are called by many at once.
///
/// Failure: a [Failure] thrown by an implementation is told to the caller as it is; any other
/// exception becomes [Code#INTERNAL] with a neutral message and is logged.
///
/// Guarantee: work whose deadline has passed is not begun; [#drain] ends no call before its grace.
public final class CallServer implements AutoCloseable {
  private static final int KEEPALIVE_SECONDS = 60;
  private static final int KEEPALIVE_ANSWER_SECONDS = 20;
  private static final int MOST_FREQUENT_PING_SECONDS = 10;
  private static final int IDLE_MINUTES = 30;
  private static final int HANDSHAKE_SECONDS = 10;

  /// Callers reset what they cancel: hundreds a second are nothing bad, thousands are an attack.
  private static final int MOST_RESETS = 5_000;

  private static final int RESETS_SECONDS = 10;

  /// For the callers of what is cut short: what was sent to them before, up to a window of the
  /// connection (1 MiB), is read before the reason. Whoever reads nothing keeps us this long.
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /// For handlers, which were interrupted.
  private static final Duration LAST_DEEDS = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final Server server;
  private final ServerWire wire;
  private final Background threads;
  private final HealthStatusManager health;
  private final Runnable trust;
  private final AtomicBoolean draining = new AtomicBoolean();
  private final List<Registrar.Registration> registrations = new ArrayList<>();

  private CallServer(ServerOptions options, List<Part<?>> parts) {
    this.options = options;
    this.threads = new Background(options.service());
    this.health = new HealthStatusManager();
    List<ServerServiceDefinition> definitions = new ArrayList<>();
    Map<String, CallPolicy> policies = new HashMap<>();
    List<Descriptor> requests = new ArrayList<>();
    for (Part<?> part : parts) {
      for (ServedMethod served : part.methods()) {
        require(served, options);
        policies.put(served.method().fullName(), served.method().policy());
        requests.add(served.method().descriptor().getInputType());
      }
    }
    this.wire =
        new ServerWire(ServerSteps.compose(options, new Validation(requests)), options, threads);
    parts.forEach(part -> definitions.add(part.define(wire)));
    this.server = build(definitions, new ArrivalTracer(policies, options.clock()));
    this.trust =
        options
            .listen()
            .proof()
            .tls()
            .map(tls -> tls.onChange(wire::endUnbelieved))
            .orElse(() -> {});
  }

  /// A server with these options; add what it serves, then start it.
  public static Builder with(ServerOptions options) {
    return new Builder(options);
  }

  /// What a server serves.
  public static final class Builder {
    private final ServerOptions options;
    private final List<Part<?>> parts = new ArrayList<>();

    private Builder(ServerOptions options) {
      this.options = options;
    }

    /// Serves a contract by an implementation of its generated interface.
    ///
    /// @return this
    public <A> Builder serve(ServiceContract<A> contract, A implementation) {
      parts.add(new Part<>(contract, implementation));
      return this;
    }

    /// Binds the port and answers from now on.
    ///
    /// @throws Failure with [Code#UNAVAILABLE] when the port cannot be bound
    /// @throws IllegalArgumentException when a contract cannot be kept: it requires idempotency
    ///   keys and there is no store, or one of its rules is wrong
    public CallServer start() {
      return new CallServer(options, parts).bind();
    }
  }

  /// The port that it listens on.
  public int port() {
    return server.getPort();
  }

  /// How many calls are being served at this moment.
  public int busy() {
    return wire.busy();
  }

  /// How many threads work for it, on calls that have ended for their callers too.
  int threads() {
    return threads.size();
  }

  /// Makes this instance known; it is taken away when draining begins.
  ///
  /// @param host the name or address under which others reach it
  public void announce(Registrar registrar, String host) {
    announce(registrar, host, Map.of());
  }

  /// The same, saying more of it, for example its [Endpoint#ZONE].
  public void announce(Registrar registrar, String host, Map<String, String> attributes) {
    var registration =
        registrar.register(options.service(), new Endpoint(host, port(), attributes));
    synchronized (registrations) {
      registrations.add(registration);
    }
    if (draining.get()) {
      registration.close();
    }
  }

  /// Stops without failing a call: health says NOT_SERVING and the registration is taken away,
  /// clients are told to go elsewhere (GOAWAY), calls under way end. What has not ended after the
  /// grace is cancelled, its callers are told `UNAVAILABLE`. They have up to 5 s to read what was
  /// sent to them before, and handlers 1 s to end: so much longer than the grace it can take.
  ///
  /// @return true when every call had ended by itself within the grace
  public boolean drain(Duration grace) {
    if (!draining.getAndSet(true)) {
      health.enterTerminalState();
    }
    synchronized (registrations) {
      registrations.forEach(Registrar.Registration::close);
      registrations.clear();
    }
    server.shutdown();
    boolean clean = await(grace);
    trust.run();
    if (!clean) {
      wire.abandon(
          Failure.of(Code.UNAVAILABLE, options.service() + " is stopping")
              .with(Failure.Details.NONE.withDecidedBy("drain").withReason("STOPPING")));
      await(LAST_WORDS);
      server.shutdownNow();
    }
    boolean ended = threads.stop(LAST_DEEDS);
    wire.close();
    return ended && clean;
  }

  /// Stops at once: [#drain] without grace.
  @Override
  public void close() {
    drain(Duration.ZERO);
  }

  private boolean await(Duration patience) {
    try {
      return server.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private CallServer bind() {
    try {
      server.start();
      return this;
    } catch (IOException e) {
      throw Failure.of(
          Code.UNAVAILABLE,
          "%s cannot listen on %s:%d: %s. Is the port in use? Choose another, or 0 for a free one"
              .formatted(
                  options.service(),
                  options.listen().host(),
                  options.listen().port(),
                  rootMessage(e)),
          e);
    }
  }

  @SuppressWarnings("deprecation") // v1alpha: the reflection that many tools still ask for.
  private Server build(List<ServerServiceDefinition> definitions, ArrivalTracer arrivals) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(options.listen().host(), options.listen().port()))
            .directExecutor()
            .addStreamTracerFactory(arrivals)
            .maxInboundMessageSize(options.limits().messageBytes())
            .maxInboundMetadataSize(options.limits().headerBytes())
            .maxConcurrentCallsPerConnection(2 * options.limits().concurrentCalls())
            .maxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(MOST_FREQUENT_PING_SECONDS, TimeUnit.SECONDS)
            .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(io.grpc.protobuf.services.ProtoReflectionService.newInstance());
    definitions.forEach(builder::addService);
    Protection protection = options.protection();
    new ConnectionDoor(protection.connections(), protection.connectionsOfOne()).guard(builder);
    options.listen().proof().tls().ifPresent(tls -> secure(builder, tls));
    return builder.build();
  }

  /// Connections end when they are old, so that no certificate is believed for ever after it has
  /// expired; the calls on them end by themselves.
  private static void secure(NettyServerBuilder builder, Tls tls) {
    builder
        .sslContext(GrpcTls.server(tls))
        .addTransportFilter(new PeerFilter(tls))
        .maxConnectionAge(tls.connectionAge().toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void require(ServedMethod served, ServerOptions options) {
    if (served.method().policy().keyRequired() && options.idempotency().isEmpty()) {
      throw new IllegalArgumentException(
          served.method()
              + " requires idempotency keys, but the server has no store for them; "
              + "add ServerOptions.withIdempotency(new JdbcIdempotency(database, clock))");
    }
    if (!served.method().policy().allow().scopes().isEmpty()
        && options.listen().proof().tokens().isEmpty()) {
      throw new IllegalArgumentException(
          served.method()
              + " asks for scopes, but the server verifies no tokens; "
              + "add ServerOptions.withTokens(TokenVerifier.open(…))");
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root =
        Stream.iterate(e, t -> t != null, Throwable::getCause).reduce((a, b) -> b).orElse(e);
    return String.valueOf(root.getMessage());
  }

  /// One contract and its implementation.
  private static final class Part<A> {
    private final ServiceContract<A> contract;
    private final List<ServedMethod> methods;

    Part(ServiceContract<A> contract, A implementation) {
      this.contract = contract;
      this.methods =
          contract.bindings().stream()
              .map((Binding<A> binding) -> ServedMethod.of(binding, implementation))
              .toList();
    }

    List<ServedMethod> methods() {
      return methods;
    }

    ServerServiceDefinition define(ServerWire wire) {
      FileDescriptor file = methods.getFirst().method().descriptor().getFile();
      ServiceDescriptor.Builder service =
          ServiceDescriptor.newBuilder(contract.name()).setSchemaDescriptor(new Schema(file));
      var described =
          methods.stream()
              .map(served -> new Described(served, GrpcMethods.make(served.method()).build()))
              .toList();
      described.forEach(one -> service.addMethod(one.grpc()));
      var definition = ServerServiceDefinition.builder(service.build());
      described.forEach(one -> definition.addMethod(one.grpc(), wire.handler(one.served())));
      return definition.build();
    }
  }

  private record Described(ServedMethod served, io.grpc.MethodDescriptor<byte[], byte[]> grpc) {}

  /// What reflection reads.
  private record Schema(FileDescriptor file) implements ProtoFileDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
      return file;
    }
  }
}
