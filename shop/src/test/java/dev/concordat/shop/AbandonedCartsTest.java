package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.Calls;
import dev.concordat.service.v1.ListSchedulesRequest;
import dev.concordat.service.v1.RunScheduleRequest;
import dev.concordat.service.v1.ScheduleLine;
import dev.concordat.service.v1.ShowTaskRequest;
import dev.concordat.service.v1.TaskDeskClient;
import dev.concordat.service.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the shop asks for by the clock.
@ExtendWith(RunningShop.class)
@Timeout(60)
class AbandonedCartsTest {
  private final ShopUnderTest shop;

  AbandonedCartsTest(ShopUnderTest shop) {
    this.shop = shop;
  }

  @Test
  void aCartIsThrownAwayAfterAMonthUnlessItWasOrdered() throws Exception {
    String ordered = shop.buy("tok_visa").getCartId();
    String abandoned = shop.cart("antigua-250g", 1);
    assertThat(aged(ordered, 31)).hasSize(1);
    assertThat(aged(abandoned, 31)).hasSize(1);
    String young = shop.cart("antigua-250g", 1);
    assertThat(aged(young, 29)).hasSize(1);

    clear();

    assertThat(shop.get("/v1/carts/" + abandoned).status()).isEqualTo(404);
    assertThat(shop.get("/v1/carts/" + young).status()).isEqualTo(200);
    assertThat(shop.get("/v1/carts/" + ordered).status()).isEqualTo(200);
  }

  private List<String> aged(String cartId, int days) throws Exception {
    return shop.strings(
        "cart",
        """
        update cart set created_at = created_at - interval '%d days' where cart_id = '%s'
        returning cart_id
        """
            .formatted(days, cartId));
  }

  private void clear() {
    try (Calls operator = shop.calls("cli")) {
      var desk = new TaskDeskClient(operator.caller("cart"));
      List<ScheduleLine> schedules = new ArrayList<>();
      while (schedules.isEmpty()) { // it is known once the service has begun to look at the clock
        try (var lines = desk.listSchedules(ListSchedulesRequest.getDefaultInstance())) {
          lines.forEach(schedules::add);
        }
      }
      assertThat(schedules).extracting(ScheduleLine::getName).containsExactly("abandoned-carts");
      var asked =
          desk.runSchedule(RunScheduleRequest.newBuilder().setName("abandoned-carts").build());
      var show = ShowTaskRequest.newBuilder().setTaskId(asked.getTaskId()).build();
      while (desk.showTask(show).getLine().getState() != TaskState.TASK_STATE_DONE) {
        Thread.onSpinWait();
      }
    }
  }
}
