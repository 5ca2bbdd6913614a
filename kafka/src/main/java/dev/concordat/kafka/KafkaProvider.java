package dev.concordat.kafka;

import dev.concordat.events.log.Broker;
import dev.concordat.events.log.BrokerProvider;
import java.util.Map;

/// Offers `kafka://…` to whoever opens a log by its address.
public final class KafkaProvider implements BrokerProvider {
  /// Made by the service loader.
  public KafkaProvider() {}

  @Override
  public String scheme() {
    return "kafka";
  }

  @Override
  public Broker open(String address, Map<String, String> properties) {
    return KafkaLog.open(address, properties);
  }
}
