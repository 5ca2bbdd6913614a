package dev.concordat.shop.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.rest.RestOptions;
import dev.concordat.calls.rest.RestTransport;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.service.Databases;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.paypoint.Paypoint;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.ChargeReference;
import dev.concordat.shop.paypoint.v1.ChargeState;
import dev.concordat.shop.paypoint.v1.LedgerPosition;
import dev.concordat.shop.paypoint.v1.NewCharge;
import dev.concordat.shop.paypoint.v1.PaypointClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The generated client over REST, against the company's own server.
class PaypointClientTest {
  private static final ChargeReference A = ChargeReference.newBuilder().setReference("a").build();

  @TempDir Path folder;
  private Running company;
  private Calls calls;
  private PaypointClient client;

  @BeforeEach
  void open() throws IOException {
    company = Paypoint.start(new Environment("paypoint", new Databases("", "jdbc:unused"), folder));
    calls =
        Calls.open(
            CallsOptions.of(
                    "payments",
                    StaticResolver.of("paypoint", Endpoint.of("127.0.0.1", company.port())))
                .withTransport(
                    RestTransport.of(RestOptions.plaintext().withErrors(new PaypointErrors()))));
    client = calls.client(PaypointClient.FACTORY);
  }

  @AfterEach
  void close() {
    calls.close();
    company.close();
  }

  @Test
  void chargeIsTakenOnceHoweverOftenItIsAskedFor() {
    assertThat(taken(charge("a", "tok_visa")).getState()).isEqualTo(ChargeState.CAPTURED);
    Charge again = taken(charge("a", "tok_visa"));
    assertThat(again.getCaptures()).isEqualTo(1);
    assertThat(again.getCaptured()).isEqualTo(1250);
  }

  @Test
  void declinedCardTakesNothing() {
    Charge charge = taken(charge("a", "tok_declined"));
    assertThat(charge.getState()).isEqualTo(ChargeState.DECLINED);
    assertThat(charge.getDeclineReason()).isEqualTo("card declined");
    assertThat(charge.getCaptured()).isZero();
  }

  @Test
  void refundGivesBackWhatWasTaken() {
    taken(charge("a", "tok_visa"));
    Charge charge = client.refundCharge(A);
    assertThat(charge.getState()).isEqualTo(ChargeState.REFUNDED);
    assertThat(charge.getReturned()).isEqualTo(1250);
    assertThat(client.refundCharge(A)).isEqualTo(charge);
  }

  @Test
  void chargeThatWasStoppedBeforeItArrivedIsNeverTaken() {
    client.voidCharge(A);
    Charge late = taken(charge("a", "tok_visa"));
    assertThat(late.getState()).isEqualTo(ChargeState.VOIDED);
    assertThat(late.getCaptured()).isZero();
  }

  @Test
  void slowChargeRunsIntoTheDeadlineAndCanBeStopped() {
    within(
        Duration.ofMillis(200),
        () ->
            assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> taken(charge("a", "tok_slow")))
                .matches(failure -> failure.code() == Code.DEADLINE_EXCEEDED));
    assertThat(client.voidCharge(A).getState()).isEqualTo(ChargeState.VOIDED);
    Charge settled = taken(charge("a", "tok_slow")); // answers at once: it is stopped
    assertThat(settled.getState()).isEqualTo(ChargeState.VOIDED);
    assertThat(settled.getCaptured()).isZero();
  }

  @Test
  void booksSurviveTheCompanysDeath() throws IOException {
    taken(charge("a", "tok_visa"));
    taken(charge("b", "tok_declined"));
    close();
    open();
    assertThat(client.readLedger(LedgerPosition.getDefaultInstance()).getChargesList())
        .extracting(Charge::getReference, Charge::getState)
        .containsExactly(tuple("a", ChargeState.CAPTURED), tuple("b", ChargeState.DECLINED));
  }

  @Test
  void companyThatIsGoneIsUnavailable() {
    company.close();
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> client.voidCharge(A))
        .matches(failure -> failure.code() == Code.UNAVAILABLE);
  }

  @Test
  void chargeThatNobodyMadeIsRefusedAsOurMistake() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> client.refundCharge(A))
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(Code.INTERNAL);
          assertThat(failure.details().reason()).isEqualTo("NO_SUCH_CHARGE");
        });
  }

  private Charge taken(NewCharge charge) {
    return Context.current()
        .withIdempotencyKey(charge.getReference())
        .call(() -> client.createCharge(charge));
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
