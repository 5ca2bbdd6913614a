package dev.concordat.kafka;

import com.google.protobuf.ByteString;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.log.CloudEvents;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.subscriptions.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/// Messages as Kafka's records and back, as CloudEvents in binary mode.
///
/// Source: [Kafka Protocol Binding for
/// CloudEvents](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md).
final class Records {
  private Records() {}

  static ProducerRecord<byte[], byte[]> of(Envelope message, String topic, int partitions) {
    var record =
        new ProducerRecord<>(
            topic,
            Partitions.of(message.key(), partitions),
            message.key().getBytes(StandardCharsets.UTF_8),
            message.payload().toByteArray());
    CloudEvents.binary(message, CloudEvents.KAFKA)
        .forEach(
            (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  static Logged logged(ConsumerRecord<byte[], byte[]> record, String topic) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      if (header.value() != null) {
        headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    Instant at = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
    ByteString value =
        record.value() == null ? ByteString.EMPTY : ByteString.copyFrom(record.value());
    var place =
        new CloudEvents.Place(
            topic,
            Optional.ofNullable(record.key()).map(key -> new String(key, StandardCharsets.UTF_8)),
            at,
            topic + "/" + record.partition() + "/" + record.offset());
    return new Logged(
        record.partition(),
        record.offset(),
        at,
        CloudEvents.read(headers, CloudEvents.KAFKA, value, place));
  }
}
