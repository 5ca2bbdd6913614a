package dev.concordat.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.events.Publishing;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.log.Broker.Logged;
import dev.concordat.events.log.CloudEvents;
import dev.concordat.events.log.Envelope;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/// What we write, the official CloudEvents library reads, and what it writes, we read.
class CloudEventsSdkTest {
  private static final String TOPIC = "bank.v1.Booked";
  private static final Booked BOOKED = Booked.newBuilder().setAccount("a").setNumber(7).build();
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final Envelope told =
      new Envelope(
          Publishing.newId(1),
          "bank",
          TOPIC,
          "käse",
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          Map.of("traceparent", TRACE, "concordat-caller", "bank"),
          BOOKED.toByteString());

  @Test
  void theLibraryReadsWhatWeWrite() {
    var record = Records.of(told, TOPIC, 8);

    CloudEvent read;
    try (var deserializer = new CloudEventDeserializer()) {
      read = deserializer.deserialize(TOPIC, record.headers(), record.value());
    }

    assertThat(read.getId()).isEqualTo(told.id().toString());
    assertThat(read.getSource()).isEqualTo(URI.create("bank"));
    assertThat(read.getType()).isEqualTo(TOPIC);
    assertThat(read.getSubject()).isEqualTo("käse");
    assertThat(Objects.requireNonNull(read.getTime()).toInstant()).isEqualTo(told.time());
    assertThat(read.getDataContentType()).isEqualTo("application/protobuf");
    assertThat(Objects.requireNonNull(read.getData()).toBytes()).isEqualTo(BOOKED.toByteArray());
  }

  @Test
  void theLibraryReadsOurJson() {
    EventFormat json =
        Objects.requireNonNull(
            EventFormatProvider.getInstance().resolveFormat(CloudEvents.STRUCTURED));

    CloudEvent read =
        json.deserialize(CloudEvents.structured(told).getBytes(StandardCharsets.UTF_8));

    assertThat(read.getId()).isEqualTo(told.id().toString());
    assertThat(read.getSubject()).isEqualTo("käse");
    assertThat(read.getExtension("traceparent")).isEqualTo(TRACE);
    assertThat(read.getExtension("concordatcaller")).isEqualTo("bank");
    assertThat(Objects.requireNonNull(read.getData()).toBytes()).isEqualTo(BOOKED.toByteArray());
    assertThat(fromJson(CloudEvents.structured(told))).isEqualTo(told);
  }

  @Test
  void weReadWhatTheLibraryWritesInBinaryMode() throws Exception {
    Envelope read = written(foreign("application/protobuf", BOOKED.toByteArray()), Map.of());

    assertThat(Booked.parseFrom(read.payload())).isEqualTo(BOOKED);
    assertThat(read.source()).isEqualTo("https://bank.example/core");
    assertThat(read.key()).isEqualTo("a");
    assertThat(read.headers()).containsEntry("ce_id", "booking-7").containsEntry("tenant", "north");
    assertThat(read.id())
        .as("always the same")
        .isEqualTo(written(foreign("application/protobuf", new byte[0]), Map.of()).id());
    assertThat(CloudEvents.unreadable(read)).isEmpty();
  }

  @Test
  void weReadWhatTheLibraryWritesInStructuredModeWithProtobufAndWithJson() {
    Map<String, String> structured =
        Map.of(
            CloudEventSerializer.ENCODING_CONFIG,
            "STRUCTURED",
            CloudEventSerializer.EVENT_FORMAT_CONFIG,
            CloudEvents.STRUCTURED);
    byte[] json =
        "{\"account\":\"a\",\"number\":\"7\",\"later\":1}".getBytes(StandardCharsets.UTF_8);

    Envelope protobuf = written(foreign("application/protobuf", BOOKED.toByteArray()), structured);
    Envelope text = written(foreign("application/json", json), structured);
    Envelope binary = written(foreign("application/json; charset=utf-8", json), Map.of());

    assertThat(Publishing.read(Booked.getDefaultInstance(), protobuf)).isEqualTo(BOOKED);
    assertThat(Publishing.read(Booked.getDefaultInstance(), text)).isEqualTo(BOOKED);
    assertThat(Publishing.read(Booked.getDefaultInstance(), binary)).isEqualTo(BOOKED);
    assertThat(protobuf.headers()).containsEntry("tenant", "north");
  }

  private static CloudEvent foreign(String contentType, byte[] data) {
    return CloudEventBuilder.v1()
        .withId("booking-7")
        .withSource(URI.create("https://bank.example/core"))
        .withType(TOPIC)
        .withSubject("a")
        .withTime(OffsetDateTime.parse("2026-01-02T03:04:05Z"))
        .withExtension("tenant", "north")
        .withData(contentType, data)
        .build();
  }

  private static Envelope written(CloudEvent event, Map<String, String> settings) {
    RecordHeaders headers = new RecordHeaders();
    try (var serializer = new CloudEventSerializer()) {
      serializer.configure(settings, false);
      return read(headers, serializer.serialize(TOPIC, headers, event)).message();
    }
  }

  private static Logged read(RecordHeaders headers, byte[] value) {
    return Records.logged(
        new ConsumerRecord<>(
            TOPIC,
            0,
            4,
            5,
            TimestampType.LOG_APPEND_TIME,
            ConsumerRecord.NULL_SIZE,
            value.length,
            null,
            value,
            headers,
            Optional.empty()),
        TOPIC);
  }

  private static Envelope fromJson(String json) {
    return CloudEvents.read(
        Map.of("content-type", "application/cloudevents+json; charset=UTF-8"),
        CloudEvents.KAFKA,
        ByteString.copyFromUtf8(json),
        new CloudEvents.Place(TOPIC, Optional.empty(), Instant.EPOCH, "here"));
  }
}
