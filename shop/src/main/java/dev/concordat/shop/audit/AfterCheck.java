package dev.concordat.shop.audit;

import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.receipts.v1.ReceiptState;
import dev.concordat.shop.warehouse.v1.Picking;
import dev.concordat.shop.warehouse.v1.PickingState;
import java.util.List;

/// Whether what happens after an order is confirmed has happened, once.
final class AfterCheck {
  private AfterCheck() {}

  static List<Finding> receipt(Order order, List<Receipt> receipts, List<Mail> mails) {
    String id = order.getOrderId();
    if (receipts.size() > 1 || mails.size() > 1) {
      return List.of(
          Finding.wrong(
              id, "has " + receipts.size() + " receipts and " + mails.size() + " mails of them"));
    }
    boolean sent = !receipts.isEmpty() && receipts.getFirst().getState() == ReceiptState.SENT;
    if (!sent) {
      return List.of(Finding.underWay(id, "is confirmed, but its receipt was not sent yet"));
    }
    return mails.isEmpty()
        ? List.of(Finding.wrong(id, "has a sent receipt that the mail server does not know"))
        : List.of();
  }

  static List<Finding> picked(Order order, List<Picking> pickings) {
    String id = order.getOrderId();
    if (pickings.isEmpty() || pickings.getFirst().getState() == PickingState.WAITING) {
      return List.of(Finding.underWay(id, "is confirmed, but was not picked yet"));
    }
    boolean once =
        pickings.size() == 1
            && pickings.getFirst().getState() == PickingState.PICKED
            && pickings.getFirst().getTimesPicked() == 1;
    return once
        ? List.of()
        : List.of(
            Finding.wrong(
                id,
                "is confirmed, but was not picked exactly once: "
                    + pickings.stream()
                        .map(picking -> picking.getState() + " x" + picking.getTimesPicked())
                        .toList()));
  }

  static List<Finding> notPicked(Order order, List<Picking> pickings) {
    boolean dropped =
        pickings.stream()
            .allMatch(picking ->
                picking.getState() == PickingState.DROPPED
                    || picking.getState() == PickingState.PUT_BACK);
    return dropped
        ? List.of()
        : List.of(
            Finding.underWay(
                order.getOrderId(),
                "is " + order.getStatus() + ", but its picking was not dropped yet"));
  }
}
