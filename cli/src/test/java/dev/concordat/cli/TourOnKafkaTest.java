package dev.concordat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The same tour, not a word of it changed, with the log on a real Kafka.
class TourOnKafkaTest extends TourTest {
  @Override
  List<String> options() {
    return List.of("--kafka");
  }

  @Test
  void kafkaIsStartedToo() {
    assertThat(said()).containsPattern("kafka +127\\.0\\.0\\.1:\\d+");
  }
}
