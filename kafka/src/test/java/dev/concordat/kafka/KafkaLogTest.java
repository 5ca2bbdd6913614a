package dev.concordat.kafka;

import dev.concordat.events.log.Broker;
import dev.concordat.events.log.BrokerConformance;
import dev.concordat.events.log.BrokerProvider;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class KafkaLogTest extends BrokerConformance {
  private static Broker log;

  @BeforeAll
  static void open() {
    log = BrokerProvider.openAny(TestKafka.BROKER.address(), Map.of());
  }

  @AfterAll
  static void close() {
    log.close();
  }

  @Override
  protected Broker broker() {
    return log;
  }

  @Override
  protected Broker another() {
    return BrokerProvider.openAny(TestKafka.BROKER.address(), Map.of());
  }
}
