package dev.concordat.kafka;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import dev.concordat.events.Publishing;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A process that appends as a sequencer does, batch after batch, until it is killed: each batch 50
/// messages over all partitions, each message its batch's number and its own.
final class Appender {
  static final int BATCH = 50;
  static final String TOPIC = "appender.v1.Told";
  static final String PRODUCER = "appender/1";

  private Appender() {}

  public static void main(String[] arguments) {
    try (Broker log = KafkaLog.open(arguments[0], Map.of())) {
      long next = log.appended(PRODUCER) + 1;
      while (true) {
        try {
          log.append(PRODUCER, next, batch(next));
          next++;
        } catch (Failure e) {
          assert e.message() != null; // again
        }
      }
    }
  }

  static List<Envelope> batch(long number) {
    List<Envelope> batch = new ArrayList<>();
    for (int n = 0; n < BATCH; n++) {
      batch.add(
          new Envelope(
              Publishing.newId(number),
              "appender",
              TOPIC,
              "key" + n,
              Instant.EPOCH,
              Map.of(),
              ByteString.copyFromUtf8(number + "/" + n)));
    }
    return batch;
  }
}
