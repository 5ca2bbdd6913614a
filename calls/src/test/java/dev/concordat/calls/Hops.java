package dev.concordat.calls;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.ProbeClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Services in a row, each asking the next; the last is the leaf.
final class Hops implements AutoCloseable {
  final Probes leaf = new Probes();
  final ProbeClient first;
  private final List<AutoCloseable> open = new ArrayList<>();

  Hops(int services, UnaryOperator<CallsOptions> options) {
    this(services, options, false);
  }

  /// Each hop has two instances and hedges.
  static Hops hedged(int services, UnaryOperator<CallsOptions> options) {
    return new Hops(services, options, true);
  }

  private Hops(int services, UnaryOperator<CallsOptions> options, boolean hedged) {
    StaticResolver resolver = StaticResolver.empty();
    for (int i = 1; i <= services; i++) {
      Calls calls = Calls.open(options.apply(CallsOptions.of("hop" + i, resolver)));
      open.add(calls);
      Probes probes = i == services ? leaf : asking(calls, "hop" + (i + 1), hedged);
      CallServer server = Pair.server(probes, o -> o);
      open.add(server);
      Endpoint endpoint = Endpoint.of("127.0.0.1", server.port());
      if (hedged) {
        resolver.with("hop" + i, endpoint, Endpoint.of("localhost", server.port()));
      } else {
        resolver.with("hop" + i, endpoint);
      }
    }
    Calls calls = Calls.open(options.apply(CallsOptions.of("tester", resolver)));
    open.add(calls);
    this.first = new ProbeClient(calls.caller("hop1"));
  }

  private static Probes asking(Calls calls, String next, boolean hedged) {
    ProbeClient client = new ProbeClient(calls.caller(next));
    Probes probes = new Probes();
    probes.onLook = hedged ? client::glance : client::look;
    probes.onStrike = client::strike;
    return probes;
  }

  LookRequest request() {
    return LookRequest.newBuilder().setName("far").build();
  }

  @Override
  public void close() {
    for (AutoCloseable one : open.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
