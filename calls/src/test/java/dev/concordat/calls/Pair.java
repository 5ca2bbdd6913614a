package dev.concordat.calls;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.ProbeApi;
import dev.concordat.calls.probe.v1.ProbeClient;
import java.util.function.UnaryOperator;

/// A server and a client that knows it, over real sockets.
final class Pair implements AutoCloseable {
  final CallServer server;
  final Calls calls;
  final ProbeClient client;

  private Pair(CallServer server, Calls calls) {
    this.server = server;
    this.calls = calls;
    this.client = calls.client(ProbeClient.FACTORY);
  }

  static Pair of(ProbeApi api) {
    return of(api, options -> options, options -> options);
  }

  static Pair of(
      ProbeApi api, UnaryOperator<ServerOptions> server, UnaryOperator<CallsOptions> client) {
    CallServer started = server(api, server);
    StaticResolver resolver = StaticResolver.of("probe", Endpoint.of("127.0.0.1", started.port()));
    return new Pair(started, Calls.open(client.apply(CallsOptions.of("tester", resolver))));
  }

  static CallServer server(ProbeApi api, UnaryOperator<ServerOptions> options) {
    ServerOptions base = ServerOptions.of("probe").withIdempotency(new MemoryOfKeys());
    return CallServer.with(options.apply(base)).serve(ProbeApi.CONTRACT, api).start();
  }

  @Override
  public void close() {
    calls.close();
    server.close();
  }
}
