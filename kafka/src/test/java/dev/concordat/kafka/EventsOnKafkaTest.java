package dev.concordat.kafka;

import dev.concordat.events.Bank;
import dev.concordat.events.EventsTest;

/// What a service's events promise, with the log on Kafka.
class EventsOnKafkaTest extends EventsTest {
  @Override
  protected Bank bank() {
    return new Bank(16, TestKafka::log);
  }
}
