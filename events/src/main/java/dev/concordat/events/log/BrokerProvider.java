package dev.concordat.events.log;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// Opens a kind of log that is chosen by its address. A module on the class path offers it by
/// `META-INF/services/dev.concordat.events.log.BrokerProvider`.
public interface BrokerProvider {
  /// What addresses of this kind begin with, for example `kafka`.
  String scheme();

  /// Opens the log.
  ///
  /// @param address `scheme://…`
  /// @param properties for the log's client; may hold secrets, which are not to be logged
  /// @throws Failure with `FAILED_PRECONDITION` when the address or a property is wrong
  Broker open(String address, Map<String, String> properties);

  /// Opens the log at an address, by the provider of its scheme.
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when there is none
  static Broker openAny(String address, Map<String, String> properties) {
    List<String> known = new ArrayList<>();
    for (BrokerProvider provider : ServiceLoader.load(BrokerProvider.class)) {
      if (address.startsWith(provider.scheme() + "://")) {
        return provider.open(address, properties);
      }
      known.add(provider.scheme());
    }
    throw Failure.of(
        Code.FAILED_PRECONDITION,
        "no log is known for "
            + address
            + "; on the class path are "
            + known
            + ": for kafka:// add concordat-kafka");
  }
}
