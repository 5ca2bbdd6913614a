package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TopicTest {
  private final Descriptor orderPlaced =
      Contracts.file("kept/v1/orders.proto").findMessageTypeByName("OrderPlaced");

  @Test
  void saysWhatTheContractSays() {
    var topic = Topic.of(DynamicMessage.getDefaultInstance(orderPlaced));
    assertThat(topic.name()).isEqualTo("kept.v1.OrderPlaced");
    assertThat(topic.owner()).isEqualTo("orders");
    assertThat(topic.key().getName()).isEqualTo("number");
    assertThat(topic.retention()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void keepsEventsForSevenDaysUnlessTheContractSaysOtherwise() {
    Descriptor seen = orderPlaced.findNestedTypeByName("Seen");
    assertThat(Topic.of(DynamicMessage.getDefaultInstance(seen)).retention())
        .isEqualTo(Duration.ofDays(7));
  }

  @Test
  void readsTheKeyOfAnEvent() {
    DynamicMessage event =
        DynamicMessage.newBuilder(orderPlaced)
            .setField(orderPlaced.findFieldByName("number"), 4711L)
            .build();
    assertThat(Topic.of(event).keyOf(event)).isEqualTo("4711");
  }

  @Test
  void refusesAMessageThatIsNoEvent() {
    Descriptor order = Contracts.file("kept/v1/orders.proto").findMessageTypeByName("Order");
    assertThatThrownBy(() -> Topic.of(DynamicMessage.getDefaultInstance(order)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kept.v1.Order is no event; add: option (concordat.v1.event) = {key: \"...\"};");
  }

  @Test
  void refusesAKeyThatIsNoField() {
    Descriptor unknown =
        Contracts.file("refused/event_has_key.proto").findMessageTypeByName("UnknownKey");
    assertThatThrownBy(() -> Topic.of(DynamicMessage.getDefaultInstance(unknown)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "refused.event_has_key.UnknownKey: event.key names no field of it: \"order_id\"");
  }
}
