package dev.concordat.bench.kafka;

import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;

/// Kafka's own client: what a team writes that wants each event's effect once. A consumer for each
/// reader with all partitions assigned, and the offsets in PostgreSQL, in the transaction of the
/// effects.
public final class KafkaClients implements Contestant {
  @Override
  public String name() {
    return "kafka-clients";
  }

  @Override
  public Streaming streaming(Stage stage, Order order) throws Exception {
    return new KafkaTopic(stage, order);
  }
}
