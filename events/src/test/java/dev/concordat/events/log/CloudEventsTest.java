package dev.concordat.events.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.concordat.events.Dead;
import dev.concordat.events.Publishing;
import dev.concordat.events.bank.v1.Booked;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudEventsTest {
  private static final String TOPIC = "bank.v1.Booked";
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final ByteString RAW = ByteString.copyFrom(new byte[] {1, 2, (byte) 0xff});

  @Test
  void bothModesGiveBackWhatWasTold() {
    Envelope told = BrokerConformance.message(TOPIC, "käse", "p");

    Map<String, String> headers = CloudEvents.binary(told, CloudEvents.HTTP);
    assertThat(CloudEvents.read(headers, CloudEvents.HTTP, told.payload(), place("käse")))
        .isEqualTo(told);
    assertThat(
            CloudEvents.read(
                Map.of("content-type", CloudEvents.STRUCTURED),
                CloudEvents.HTTP,
                ByteString.copyFromUtf8(CloudEvents.structured(told)),
                place("käse")))
        .isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ce_specversion | 0.3               | it is of CloudEvents 0.3",
        "ce_specversion |                   | it has no specversion",
        "ce_id          |                   | it has no id",
        "ce_source      |                   | it has no source",
        "ce_type        | shop.v1.Other     | it is of the type shop.v1.Other",
        "ce_time        | yesterday         | could not be parsed",
        "content-type   | application/xml   | its payload is application/xml",
        "content-type   | application/cloudevents+json | cannot be read",
      })
  void whatCannotBeReadBecomesADeadLetterWithItsBytes(String header, String value, String why) {
    Map<String, String> headers =
        new HashMap<>(
            CloudEvents.binary(BrokerConformance.message(TOPIC, "k", ""), CloudEvents.KAFKA));
    headers.put(header, value == null ? "" : value);

    Envelope read = CloudEvents.read(headers, CloudEvents.KAFKA, RAW, place("k"));

    assertThat(CloudEvents.unreadable(read).orElseThrow()).contains("here/3").contains(why);
    assertThat(read.payload()).isEqualTo(RAW);
    assertThat(read.key()).isEqualTo("k");
    assertThat(read.topic()).isEqualTo(TOPIC);
    assertThat(read.id())
        .as("the same at every reading")
        .isEqualTo(CloudEvents.read(headers, CloudEvents.KAFKA, RAW, place("k")).id());
    assertThatThrownBy(() -> Publishing.read(Booked.getDefaultInstance(), read))
        .isInstanceOf(Dead.class)
        .hasMessageContaining(why);
  }

  @Test
  void aMessageOfAStrangerWithoutAKeyIsOrderedWithNothing() {
    Map<String, String> headers =
        Map.of("ce_specversion", "1.0", "ce_id", "7", "ce_source", "s", "ce_type", TOPIC);
    var nowhere = new CloudEvents.Place(TOPIC, Optional.empty(), AT, "here/3");

    Envelope read = CloudEvents.read(headers, CloudEvents.KAFKA, RAW, nowhere);

    assertThat(CloudEvents.unreadable(read)).isEmpty();
    assertThat(read.key()).isEqualTo(read.id().toString());
    assertThat(read.time()).isEqualTo(AT);
  }

  private static CloudEvents.Place place(String key) {
    return new CloudEvents.Place(TOPIC, Optional.of(key), AT, "here/3");
  }
}
