package dev.concordat.bench.events;

import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.Order;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Streaming;
import dev.concordat.kafka.KafkaLog;
import java.util.Map;

/// Concordat with the log on Kafka.
public final class ConcordatKafka implements Contestant {
  @Override
  public String name() {
    return Stream.ON_KAFKA;
  }

  @Override
  public Streaming streaming(Stage stage, Order order) {
    return new ConcordatLog(stage, order, KafkaLog.open("kafka://" + stage.kafka(), Map.of()));
  }
}
