package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.IdempotencyStore.Claim;
import dev.concordat.calls.IdempotencyStore.Operation;
import dev.concordat.calls.IdempotencyStore.Outcome;
import dev.concordat.calls.probe.v1.PayRequest;
import dev.concordat.calls.probe.v1.PayResponse;
import dev.concordat.calls.probe.v1.ProbeMethods;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.ManualClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
  private static final PayRequest REQUEST =
      PayRequest.newBuilder().setOrderId("o-1").setAmount(100).build();

  private final DataSource database = Postgres.fresh();
  private final Probes probes = new Probes();
  private final Pair pair =
      Pair.of(
          probes,
          server -> server.withIdempotency(new JdbcIdempotency(database, Clock.SYSTEM)),
          client -> client);

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void fiftyCallsAtOnceWithOneKeyExecuteOnce() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    probes.onPay =
        request -> {
          entered.countDown();
          await(go);
          return PayResponse.newBuilder().setPaymentId("p-" + probes.payments.get()).build();
        };
    List<String> ids =
        Fanout.both(
            () ->
                Fanout.each(
                    IntStream.range(0, 50).boxed().toList(),
                    50,
                    i -> pay("k", REQUEST).getPaymentId()),
            () -> {
              entered.await();
              go.countDown();
              return true;
            },
            (answers, done) -> answers);

    assertThat(ids).hasSize(50).containsOnly("p-1");
    assertThat(probes.payments).hasValue(1);
  }

  @Test
  void sameKeyGetsTheSameAnswerAndSaysThatItIsOne() {
    var raw = pair.calls.rawCaller("probe");
    byte[] request = REQUEST.toByteArray();
    Answer first = keyed("k", () -> raw.unary(ProbeMethods.PAY, request));
    Answer second = keyed("k", () -> raw.unary(ProbeMethods.PAY, request));

    assertThat(first.replayed()).isFalse();
    assertThat(second.replayed()).isTrue();
    assertThat(second.message()).isEqualTo(first.message());
    assertThat(probes.payments).hasValue(1);
  }

  @Test
  void otherRequestUnderTheSameKeyIsRefused() {
    pay("k", REQUEST);
    assertThatThrownBy(() -> pay("k", REQUEST.toBuilder().setAmount(101).build()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(failure.details().reason()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
            });
  }

  @Test
  void keyIsRequiredWhereTheContractSaysSo() {
    assertThatThrownBy(() -> pair.client.pay(REQUEST))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(failure.details().reason()).isEqualTo("IDEMPOTENCY_KEY_MISSING");
            });
    assertThat(probes.payments).hasValue(0);
  }

  @Test
  void keyThatNoHeaderCanCarryIsRefusedAndNotDropped() {
    assertThatThrownBy(() ->
            keyed("ä".repeat(3), () -> pair.client.strike(StrikeRequest.getDefaultInstance())))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.details().reason()).isEqualTo("IDEMPOTENCY_KEY_INVALID"));
    assertThat(probes.strikes).hasValue(0);
  }

  @Test
  void failureThatMayPassIsForgotten() {
    probes.onPay =
        request -> {
          throw Failure.of(Code.ABORTED, "lost a race");
        };
    assertThatThrownBy(() -> pay("k", REQUEST)).isInstanceOf(Failure.class);
    probes.onPay = request -> PayResponse.newBuilder().setPaymentId("later").build();
    assertThat(pay("k", REQUEST).getPaymentId()).isEqualTo("later");
  }

  @Test
  void failureThatIsAnAnswerIsRemembered() {
    probes.onPay =
        request -> {
          throw Failure.of(Code.FAILED_PRECONDITION, "declined")
              .with(Failure.Details.NONE.withReason("CARD_DECLINED"));
        };
    assertThatThrownBy(() -> pay("k", REQUEST)).isInstanceOf(Failure.class);
    probes.onPay = request -> PayResponse.newBuilder().setPaymentId("never").build();
    assertThatThrownBy(() -> pay("k", REQUEST))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
              assertThat(failure.details().reason()).isEqualTo("CARD_DECLINED");
            });
    assertThat(probes.payments).hasValue(1);
  }

  @Test
  void keyIsNotHandedDownToTheCallsOfTheHandler() {
    probes.onPay =
        request -> {
          assertThat(Context.current().idempotencyKey()).isEmpty();
          assertThat(IdempotentCall.current().map(IdempotentCall::key)).contains("k");
          return PayResponse.getDefaultInstance();
        };
    pay("k", REQUEST);
  }

  @Test
  void answerRecordedInTheEffectsTransactionIsThereWithTheEffectOrNotAtAll() {
    Postgres.execute(database, "create table effect (id text)");
    probes.onPay =
        request -> {
          transaction(connection -> {
            connection.createStatement().execute("insert into effect values ('x')");
            record(connection, "kept");
            connection.commit();
          });
          throw Failure.of(Code.UNAVAILABLE, "died after the commit");
        };
    // The key makes the call repeatable: the second attempt finds the answer of the first.
    assertThat(pay("k", REQUEST).getPaymentId()).isEqualTo("kept");
    assertThat(Postgres.number(database, "select count(*) from effect")).isEqualTo(1);

    probes.onPay =
        request -> {
          transaction(connection -> {
            connection.createStatement().execute("insert into effect values ('y')");
            record(connection, "rolled back");
            connection.rollback();
          });
          return PayResponse.newBuilder().setPaymentId("returned").build();
        };
    assertThat(pay("other", REQUEST).getPaymentId()).isEqualTo("returned");
    assertThat(pay("other", REQUEST).getPaymentId()).isEqualTo("returned");
    assertThat(Postgres.number(database, "select count(*) from effect")).isEqualTo(1);
  }

  @Test
  void deadClaimantsOperationIsExecutedAgainAndItsLateRecordIsRefused() {
    ManualClock clock = new ManualClock();
    JdbcIdempotency store = new JdbcIdempotency(database, clock);
    Operation operation = new Operation("m", "c", "k", "f");
    Duration lease = Duration.ofSeconds(3);
    var dead = (Claim.Execute) store.claim(operation, lease);
    assertThat(store.claim(operation, lease)).isInstanceOf(Claim.InFlight.class);

    clock.advance(Duration.ofSeconds(4));
    assertThat(store.claim(operation, lease)).isInstanceOf(Claim.Execute.class);
    assertThat(store.claim(operation, lease)).isInstanceOf(Claim.InFlight.class);
    transaction(connection ->
        assertThatThrownBy(() -> store.keep(dead, new Outcome.Answered(new byte[0]), connection))
            .isInstanceOfSatisfying(
                Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.ABORTED)));
  }

  @Test
  void outcomeIsForgottenAfterItsRetention() {
    ManualClock clock = new ManualClock();
    JdbcIdempotency store = new JdbcIdempotency(database, clock);
    Operation operation = new Operation("m", "c", "k", "f");
    var claim = (Claim.Execute) store.claim(operation, Duration.ofSeconds(3));
    store.keep(claim, new Outcome.Answered(new byte[] {1}));
    assertThat(store.claim(operation, Duration.ofSeconds(3))).isInstanceOf(Claim.Replay.class);
    clock.advance(Duration.ofHours(25));
    assertThat(store.claim(operation, Duration.ofSeconds(3))).isInstanceOf(Claim.Execute.class);
  }

  @Test
  void whatIsPastItsRetentionIsSweptAway() throws SQLException {
    ManualClock clock = new ManualClock();
    JdbcIdempotency store = new JdbcIdempotency(database, clock);
    for (int i = 0; i < 5; i++) {
      var claim =
          (Claim.Execute) store.claim(new Operation("m", "c", "k" + i, "f"), Duration.ofSeconds(3));
      store.keep(claim, new Outcome.Answered(new byte[] {1}));
    }
    // One whose claimant died goes with the others.
    var _ = store.claim(new Operation("m", "c", "dead", "f"), Duration.ofSeconds(3));
    assertThat(rows()).isEqualTo(6);
    clock.advance(Duration.ofHours(25));
    var _ = store.claim(new Operation("m", "c", "new", "f"), Duration.ofSeconds(3));
    assertThat(rows()).isEqualTo(1);
  }

  private int rows() throws SQLException {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from concordat.idempotency")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void claimInAnotherProcessIsWaitedForUntilItIsOver() {
    JdbcIdempotency other = new JdbcIdempotency(database, Clock.SYSTEM);
    probes.onStrike =
        request -> {
          throw new AssertionError("executed twice");
        };
    var claim = (Claim.Execute) other.claim(strike("k"), Duration.ofSeconds(10));
    long strikes =
        Fanout.both(
            () -> keyed("k", () -> pair.client.strike(StrikeRequest.getDefaultInstance())),
            () -> {
              Eventually.holds("the call has arrived", () -> pair.server.busy() > 0);
              other.keep(claim, new Outcome.Answered(new byte[] {8, 42}));
              return true;
            },
            (response, kept) -> response.getStrikes());
    assertThat(strikes).isEqualTo(42);
  }

  @Test
  void serverWithoutAStoreDoesNotStartWithAContractThatRequiresKeys() {
    assertThatThrownBy(() ->
            CallServer.with(ServerOptions.of("probe"))
                .serve(dev.concordat.calls.probe.v1.ProbeApi.CONTRACT, probes)
                .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("probe.v1.Probe/Pay");
  }

  private static Operation strike(String key) {
    // SHA-256 of nothing: the request is empty.
    return new Operation(
        "probe.v1.Probe/Strike",
        "tester",
        key,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  private PayResponse pay(String key, PayRequest request) {
    return keyed(key, () -> pair.client.pay(request));
  }

  private static <T> T keyed(String key, Callable<T> call) {
    try {
      return Context.current().withIdempotencyKey(key).call(call::call);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void record(Connection connection, String paymentId) {
    IdempotentCall.current()
        .orElseThrow()
        .record(connection, PayResponse.newBuilder().setPaymentId(paymentId).build());
  }

  private void transaction(InConnection work) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      work.run(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @FunctionalInterface
  private interface InConnection {
    void run(Connection connection) throws SQLException;
  }
}
