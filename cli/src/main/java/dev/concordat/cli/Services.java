package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TlsOptions;
import dev.concordat.core.Clock;
import dev.concordat.service.LocalAuthority;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The services of a running system.
final class Services {
  private final Plan plan;
  private final SystemFile system;
  private final Path identity;

  Services(Plan plan, DataOption data) {
    this.plan = plan;
    this.system = data.system();
    this.identity = DataFolder.identity(data.path());
  }

  /// In the plan's order.
  List<String> names() {
    return plan.parts(Part.Kind.SERVICE).stream()
        .map(Part::name)
        .filter(name -> system.address(name).isPresent())
        .toList();
  }

  /// Name to address.
  Map<String, String> addresses() {
    Map<String, String> addresses = new LinkedHashMap<>();
    names().forEach(name -> addresses.put(name, system.address(name).orElseThrow()));
    return addresses;
  }

  /// What a command proves itself with: whoever may read the data folder may be anybody in it.
  ///
  /// @param caller in whose name
  Tls tls(String caller) {
    try (LocalAuthority authority = LocalAuthority.open(identity, Clock.SYSTEM)) {
      return Tls.read(TlsOptions.of(authority.papers(caller)));
    }
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
    return Calls.open(CallsOptions.of(caller, resolver).withTls(tls(caller)));
  }

  private static Endpoint endpoint(String address) {
    int colon = address.lastIndexOf(':');
    return Endpoint.of(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
