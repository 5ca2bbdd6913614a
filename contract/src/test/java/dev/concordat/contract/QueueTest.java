package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DynamicMessage;
import dev.concordat.core.Backoff;
import dev.concordat.core.Priority;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueTest {
  @Test
  void saysWhatTheContractSays() {
    var queue = queue("PickOrder");
    assertThat(queue.name()).isEqualTo("kept.v1.PickOrder");
    assertThat(queue.owner()).isEqualTo("orders");
    assertThat(queue.key().orElseThrow().getName()).isEqualTo("order_id");
    assertThat(queue.uniqueBy().orElseThrow().getName()).isEqualTo("shelf");
    assertThat(queue.lease()).isEqualTo(Duration.ofSeconds(5));
    assertThat(queue.attempts()).isEqualTo(3);
    assertThat(queue.backoff())
        .isEqualTo(new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(1)));
    assertThat(queue.priority()).isEqualTo(Priority.HIGH);
  }

  @Test
  void hasDefaultsForWhatTheContractLeavesOut() {
    var queue = queue("SweepFloor");
    assertThat(queue.key()).isEmpty();
    assertThat(queue.uniqueBy()).isEmpty();
    assertThat(queue.lease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(queue.attempts()).isEqualTo(8);
    assertThat(queue.backoff())
        .isEqualTo(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10)));
    assertThat(queue.priority()).isEqualTo(Priority.NORMAL);
  }

  @Test
  void refusesAMessageThatIsNoTask() {
    assertThatThrownBy(() -> queue("Order"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kept.v1.Order is no task; add: option (concordat.v1.task) = {};");
  }

  private static Queue<DynamicMessage> queue(String task) {
    return Queue.of(
        DynamicMessage.getDefaultInstance(
            Contracts.file("kept/v1/orders.proto").findMessageTypeByName(task)));
  }
}
