package dev.concordat.contract;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;

/// A service as the contract describes it. Each generated interface has one, named `CONTRACT`.
///
/// @param name full name, for example `shop.orders.v1.Orders`
/// @param bindings all methods, in the contract's order
/// @param <A> the generated interface
public record ServiceContract<A>(String name, List<Binding<A>> bindings) {
  /// Copies the list.
  public ServiceContract {
    bindings = List.copyOf(bindings);
  }

  /// The service's descriptor; its file has the whole contract: messages, events, tasks.
  public ServiceDescriptor descriptor() {
    return bindings.getFirst().method().descriptor().getService();
  }

  /// The owner's name.
  public String owner() {
    return bindings.getFirst().method().owner();
  }
}
