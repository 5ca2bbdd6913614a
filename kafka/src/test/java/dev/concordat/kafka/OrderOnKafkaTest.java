package dev.concordat.kafka;

import dev.concordat.events.Bank;
import dev.concordat.events.subscriptions.OrderTest;

/// The same check with the log on Kafka: nothing lost, nothing twice, each key in order.
class OrderOnKafkaTest extends OrderTest {
  @Override
  protected Bank bank() {
    return new Bank(60, TestKafka::log);
  }
}
