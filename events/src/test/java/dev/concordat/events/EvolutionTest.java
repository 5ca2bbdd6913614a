package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.log.Envelope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `bank.next.Booked` is what `bank.v1.Booked` may become: its bytes stand for what a newer
/// publisher tells.
class EvolutionTest {
  private static final dev.concordat.events.bank.next.Booked NEWER =
      dev.concordat.events.bank.next.Booked.newBuilder()
          .setAccount("a")
          .setNumber(1)
          .setCurrency("EUR")
          .addRemarks("rent")
          .build();

  private Bank bank;
  private Events<BankOwner> events;

  @BeforeEach
  void open() {
    bank = new Bank();
    events = bank.process(Bank.options());
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private void toldByANewerOne(Message message) {
    Envelope envelope =
        new Envelope(
            Publishing.newId(0),
            "bank",
            "bank.v1.Booked",
            "a",
            Instant.now(),
            Map.of(Envelope.DATA_SCHEMA, SchemaIdentity.of(message.getDescriptorForType())),
            message.toByteString());
    bank.log.append("newer", 1, List.of(envelope));
  }

  @Test
  void anOldConsumerReadsNewEventsAndKeepsWhatItDoesNotKnow() throws Exception {
    List<Booked> handled = new CopyOnWriteArrayList<>();
    events.subscribe(
        Booked.class,
        "old",
        (event, tx) -> {
          if (handled.isEmpty()) {
            handled.add(event);
            throw Dead.because("not yet");
          }
          tx.publish(event.toBuilder().setNumber(2).build());
          handled.add(event);
        });
    List<Booked> retold = new CopyOnWriteArrayList<>();
    events.subscribe(
        Booked.class,
        "retold",
        (event, tx) -> {
          if (event.getNumber() == 2) {
            retold.add(event);
          }
        });
    toldByANewerOne(NEWER);
    events.start();

    DeadLetters deadLetters = events.deadLetters();
    Await.until("it is dead", () -> !deadLetters.list(DeadLetterFilter.OPEN, 0, 1).isEmpty());
    var dead = deadLetters.list(DeadLetterFilter.OPEN, 0, 1).getFirst();
    assertThat(deadLetters.show(dead.id()).orElseThrow().message().payload())
        .isEqualTo(NEWER.toByteString());
    assertThat(deadLetters.redrive(dead.id(), "test")).isTrue();
    Await.until("the redriven one is handled", () -> handled.size() >= 2);
    Await.until("it is retold", () -> !retold.isEmpty());

    assertThat(handled.get(1).getAccount()).isEqualTo("a");
    var read = dev.concordat.events.bank.next.Booked.parseFrom(retold.getFirst().toByteString());
    assertThat(read).isEqualTo(NEWER.toBuilder().setNumber(2).build());
  }

  @Test
  void aNewConsumerReadsOldEvents() throws Exception {
    ByteString old = Booked.newBuilder().setAccount("a").setNumber(7).build().toByteString();

    var read = dev.concordat.events.bank.next.Booked.parseFrom(old);

    assertThat(read.getNumber()).isEqualTo(7);
    assertThat(read.getCurrency()).isEmpty();
    assertThat(read.getRemarksList()).isEmpty();
  }

  @Test
  void theEnvelopeNamesTheSchemaThatThePublisherKnew() {
    bank.open("a");
    Bank.book(events, "a");
    events.subscribe(Booked.class, "any", (event, tx) -> {});
    events.start();
    Await.until("it is in the log", () -> !bank.log.read("bank.v1.Booked", all(), 1).isEmpty());

    Envelope told = bank.log.read("bank.v1.Booked", all(), 1).getFirst().message();

    assertThat(told.dataSchema()).hasValue(SchemaIdentity.of(Booked.getDescriptor()));
    assertThat(told.dataSchema().orElseThrow()).matches("proto:bank\\.v1\\.Booked#[0-9a-f]{16}");
    assertThat(SchemaIdentity.of(NEWER.getDescriptorForType()))
        .as("another field, another fingerprint")
        .doesNotEndWith(told.dataSchema().orElseThrow().split("#", -1)[1]);
  }

  private Map<Integer, Long> all() {
    return bank.log.begins("bank.v1.Booked");
  }
}
