package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import java.util.List;
import java.util.Optional;

/// The services of a running system.
final class Services {
  private final Plan plan;
  private final SystemFile system;

  Services(Plan plan, SystemFile system) {
    this.plan = plan;
    this.system = system;
  }

  /// In the plan's order.
  List<String> names() {
    return plan.parts(Part.Kind.SERVICE).stream()
        .map(Part::name)
        .filter(name -> system.address(name).isPresent())
        .toList();
  }

  List<String> addresses() {
    return names().stream().map(system::address).flatMap(Optional::stream).toList();
  }

  void require(String name) {
    if (!names().contains(name)) {
      throw Refusal.because(
          "no running service is called \""
              + name
              + "\"; there are: "
              + String.join(", ", names()));
    }
  }

  /// Asks them.
  ///
  /// @param caller in whose name
  Calls calls(String caller) {
    StaticResolver resolver = StaticResolver.empty();
    for (String name : names()) {
      resolver.with(name, endpoint(system.address(name).orElseThrow()));
    }
    return Calls.open(caller, resolver);
  }

  private static Endpoint endpoint(String address) {
    int colon = address.lastIndexOf(':');
    return Endpoint.of(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
