package dev.concordat.shop.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.service.Databases;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.paypoint.Paypoint;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.ChargeState;
import dev.concordat.shop.paypoint.v1.NewCharge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaypointClientTest {
  @TempDir Path folder;
  private Running company;
  private PaypointClient client;

  @BeforeEach
  void open() throws IOException {
    company = Paypoint.start(new Environment("paypoint", new Databases("", "jdbc:unused"), folder));
    client = new PaypointClient("127.0.0.1:" + company.port(), Observer.NONE, Clock.SYSTEM);
  }

  @AfterEach
  void close() {
    client.close();
    company.close();
  }

  @Test
  void chargeIsTakenOnceHoweverOftenItIsAskedFor() {
    assertThat(client.charge(charge("a", "tok_visa")).getState()).isEqualTo(ChargeState.CAPTURED);
    Charge again = client.charge(charge("a", "tok_visa"));
    assertThat(again.getCaptures()).isEqualTo(1);
    assertThat(again.getCaptured()).isEqualTo(1250);
  }

  @Test
  void declinedCardTakesNothing() {
    Charge charge = client.charge(charge("a", "tok_declined"));
    assertThat(charge.getState()).isEqualTo(ChargeState.DECLINED);
    assertThat(charge.getDeclineReason()).isEqualTo("card declined");
    assertThat(charge.getCaptured()).isZero();
  }

  @Test
  void refundGivesBackWhatWasTaken() {
    client.charge(charge("a", "tok_visa"));
    Charge charge = client.refund("a");
    assertThat(charge.getState()).isEqualTo(ChargeState.REFUNDED);
    assertThat(charge.getReturned()).isEqualTo(1250);
    assertThat(client.refund("a")).isEqualTo(charge);
  }

  @Test
  void chargeThatWasStoppedBeforeItArrivedIsNeverTaken() {
    client.stop("a");
    Charge late = client.charge(charge("a", "tok_visa"));
    assertThat(late.getState()).isEqualTo(ChargeState.VOIDED);
    assertThat(late.getCaptured()).isZero();
  }

  @Test
  void slowChargeRunsIntoTheDeadlineAndCanBeStopped() {
    within(
        Duration.ofMillis(200),
        () ->
            assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> client.charge(charge("a", "tok_slow")))
                .matches(failure -> failure.code() == Code.DEADLINE_EXCEEDED));
    assertThat(client.stop("a").getState()).isEqualTo(ChargeState.VOIDED);
    Charge settled = client.charge(charge("a", "tok_slow")); // answers at once: it is stopped
    assertThat(settled.getState()).isEqualTo(ChargeState.VOIDED);
    assertThat(settled.getCaptured()).isZero();
  }

  @Test
  void booksSurviveTheCompanysDeath() throws IOException {
    client.charge(charge("a", "tok_visa"));
    client.charge(charge("b", "tok_declined"));
    close();
    open();
    assertThat(client.ledger("").getChargesList())
        .extracting(Charge::getReference, Charge::getState)
        .containsExactly(tuple("a", ChargeState.CAPTURED), tuple("b", ChargeState.DECLINED));
  }

  @Test
  void companyThatIsGoneIsUnavailable() {
    company.close();
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> client.stop("a"))
        .matches(failure -> failure.code() == Code.UNAVAILABLE);
  }

  private static NewCharge charge(String reference, String token) {
    return NewCharge.newBuilder()
        .setReference(reference)
        .setAmount(1250)
        .setCurrency("EUR")
        .setToken(token)
        .build();
  }

  private static void within(Duration time, Runnable work) {
    Context.root().withDeadline(Deadline.after(time, Clock.SYSTEM)).run(work);
  }
}
