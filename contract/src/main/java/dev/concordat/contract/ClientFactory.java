package dev.concordat.contract;

import java.util.List;
import java.util.function.Function;

/// Makes a generated client. Each client has one, named `FACTORY`.
///
/// @param service full name of the service, for example `shop.orders.v1.Orders`
/// @param methods all methods of the service
/// @param create makes a client that speaks through a caller
/// @param <C> the client
public record ClientFactory<C>(
    String service, List<Method<?, ?>> methods, Function<Caller, C> create) {
  /// Copies the list.
  public ClientFactory {
    methods = List.copyOf(methods);
  }

  /// The name under which the service's owner is found.
  public String owner() {
    return methods.getFirst().owner();
  }
}
