package dev.concordat.shop.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.concordat.shop.orders.v1.OrderStatus;
import dev.concordat.shop.payments.v1.PaymentState;
import dev.concordat.shop.receipts.v1.ReceiptState;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.warehouse.v1.PickingState;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuditorTest {
  @Test
  void booksOfAnEmptyShopAddUp() {
    assertThat(Auditor.check(new FabricatedBooks().read())).isEmpty();
  }

  @Test
  void booksOfEveryKindOfOrderAddUp() {
    assertThat(Auditor.check(allKinds().read())).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void damageIsNamed(String what, Consumer<FabricatedBooks> damage, String finding) {
    FabricatedBooks books = allKinds();
    damage.accept(books);
    List<Finding> found = Auditor.check(books.read());
    assertThat(found).as(what).anyMatch(f -> f.toString().contains(finding) && !f.passing());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("delays")
  void workUnderWayIsNamedAsSuch(String what, Consumer<FabricatedBooks> delay, String finding) {
    FabricatedBooks books = allKinds();
    delay.accept(books);
    List<Finding> found = Auditor.check(books.read());
    assertThat(found).as(what).isNotEmpty().allMatch(Finding::passing);
    assertThat(found).anyMatch(f -> f.toString().contains(finding));
  }

  private static FabricatedBooks allKinds() {
    return new FabricatedBooks()
        .confirmed("ord-c")
        .ended("ord-declined", OrderStatus.REJECTED, PaymentState.DECLINED)
        .ended("ord-slow", OrderStatus.REJECTED, PaymentState.RETURNED)
        .ended("ord-cancelled", OrderStatus.CANCELLED, PaymentState.RETURNED);
  }

  private static Stream<Arguments> damages() {
    return Stream.of(
        damage(
            "confirmed without a payment",
            b -> b.payments.remove("ord-c"),
            "ord-c is confirmed, but has not exactly one captured payment"),
        damage(
            "confirmed and declined",
            b -> b.payment("ord-c").setState(PaymentState.DECLINED),
            "ord-c is confirmed, but has not exactly one captured payment"),
        damage(
            "charged twice",
            b -> b.line("ord-c").setCaptures(2),
            "ord-c is confirmed over 2500, but paypoint took 2500 in 2 captures"),
        damage(
            "charged too much",
            b -> b.line("ord-c").getTakenBuilder().setMinorUnits(2501),
            "paypoint took 2501"),
        damage(
            "not deducted but released",
            b -> b.reservation("ord-c").setState(ReservationState.RELEASED),
            "ord-c is confirmed, but has not exactly one deducted reservation"),
        damage("deducted twice", b -> b.sell("ord-c", 2), "left the shelf for it in 2 movements"),
        damage("two mails", b -> b.mail("ord-c"), "ord-c has 1 receipts and 2 mails"),
        damage(
            "receipt sent, mail lost",
            b -> b.mails.clear(),
            "ord-c has a sent receipt that the mail server does not know"),
        damage(
            "picked twice",
            b -> b.picking("ord-c").setTimesPicked(2),
            "ord-c is confirmed, but was not picked exactly once"),
        damage(
            "rejected, money kept",
            b -> b.line("ord-slow").getGivenBackBuilder().setMinorUnits(0),
            "ord-slow is REJECTED, but paypoint keeps 2500"),
        damage(
            "rejected, payment captured",
            b -> b.payment("ord-slow").setState(PaymentState.CAPTURED),
            "ord-slow is REJECTED, but its payment is CAPTURED"),
        damage(
            "rejected, stock held",
            b -> b.hold("ord-declined"),
            "ord-declined is REJECTED, but its stock is HELD"),
        damage(
            "rejected with a receipt",
            b -> b.receipt("ord-declined"),
            "ord-declined was rejected but has a receipt"),
        damage(
            "cancelled, stock gone",
            b -> b.sell("ord-cancelled", 2),
            "ord-cancelled is CANCELLED, but the shelf has changed by"),
        damage(
            "money without an order",
            b -> b.orders.remove("ord-c"),
            "ord-c is no order, but there is a charge at paypoint"),
        damage(
            "counted twice by analytics",
            FabricatedBooks::count,
            "beans was sold: 2 pieces for 2500, but analytics says 4 pieces for 5000"),
        damage("shelf miscounted", b -> b.onHand++, "beans has 99 on hand"),
        damage("held miscounted", b -> b.held++, "beans has 1 held"));
  }

  private static Stream<Arguments> delays() {
    return Stream.of(
        damage("pending", b -> b.pending("ord-p"), "ord-p is still PENDING"),
        damage(
            "receipt waits",
            b -> b.receiptOf("ord-c").setState(ReceiptState.WAITING),
            "ord-c is confirmed, but its receipt was not sent yet"),
        damage(
            "picking waits",
            b -> b.picking("ord-c").setState(PickingState.WAITING),
            "ord-c is confirmed, but was not picked yet"),
        damage(
            "not told to the warehouse",
            b -> b.pickings.remove("ord-c"),
            "ord-c is confirmed, but was not picked yet"),
        damage(
            "not told to analytics",
            b -> b.revenue.setSold(0),
            "beans was sold: 2 pieces for 2500, but analytics says 0 pieces"),
        damage(
            "cancelled, still to be dropped",
            b -> b.pick("ord-cancelled"),
            "ord-cancelled is CANCELLED, but its picking was not dropped yet"),
        damage(
            "money on its way back",
            b -> b.payment("ord-slow").setState(PaymentState.RETURNING),
            "ord-slow is REJECTED, but its payment is RETURNING"));
  }

  private static Arguments damage(String what, Consumer<FabricatedBooks> damage, String finding) {
    return arguments(what, damage, finding);
  }
}
