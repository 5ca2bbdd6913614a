package dev.concordat.shop;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.contract.ServiceContract;
import dev.concordat.edge.Edge;
import dev.concordat.edge.EdgeOptions;
import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.service.Visitor;
import dev.concordat.shop.cart.v1.CartsApi;
import dev.concordat.shop.orders.v1.OrdersApi;
import dev.concordat.shop.pricing.v1.PricingApi;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The shop's door to the outside: REST for what the contracts of cart, orders and pricing have
/// made public.
final class ShopEdge implements Running {
  private final Visitor visitor;
  private final Edge edge;

  private ShopEdge(Visitor visitor, Edge edge) {
    this.visitor = visitor;
    this.edge = edge;
  }

  static Running start(Environment environment) {
    Visitor visitor = Concordat.visitor("edge", environment);
    EdgeOptions options =
        EdgeOptions.DEFAULT
            .withHost(environment.host())
            .withObserver(visitor.observer())
            .withClock(environment.clock());
    Edge edge = Edge.of(contracts(), visitor.calls(), options);
    try {
      edge.start(environment.port());
    } catch (RuntimeException e) {
      visitor.close();
      throw e;
    }
    return new ShopEdge(visitor, edge);
  }

  private static List<FileDescriptor> contracts() {
    return Stream.of(PricingApi.CONTRACT, CartsApi.CONTRACT, OrdersApi.CONTRACT)
        .map(ShopEdge::file)
        .toList();
  }

  private static FileDescriptor file(ServiceContract<?> contract) {
    return contract.bindings().getFirst().method().descriptor().getFile();
  }

  @Override
  public int port() {
    return edge.port();
  }

  @Override
  public Set<String> meet(Duration patience) {
    return visitor.calls().meet(patience);
  }

  @Override
  public void stop(Duration grace) {
    edge.drain(grace);
    visitor.close();
  }
}
