package dev.concordat.kafka;

import dev.concordat.events.Bank;
import dev.concordat.events.subscriptions.TakeoverTest;

/// Several processes of one service, with the log on Kafka.
class TakeoverOnKafkaTest extends TakeoverTest {
  @Override
  protected Bank bank() {
    return new Bank(16, TestKafka::log);
  }
}
