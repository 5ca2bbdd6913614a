package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.PayRequest;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.calls.record.Attempt;
import dev.concordat.calls.record.Remembered;
import dev.concordat.calls.record.Trail;
import dev.concordat.calls.retry.Retries;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordTest {
  private final Probes probes = new Probes();
  private Pair pair = Pair.of(probes);

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void callIsRememberedWithItsInstanceAndTheTimeItHad() {
    pair.client.look(LookRequest.getDefaultInstance());
    Trail trail = latest();
    assertThat(trail.method().fullName()).isEqualTo("probe.v1.Probe/Look");
    assertThat(trail.target()).isEqualTo("probe");
    assertThat(trail.outcome()).isEqualTo("OK");
    assertThat(trail.failed()).isFalse();
    assertThat(trail.budgetNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
    assertThat(trail.leftNanos()).isPositive().isLessThan(trail.budgetNanos());
    assertThat(trail.traceId()).hasSize(32);
    assertThat(trail.attempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(address(attempt)).isEqualTo("127.0.0.1:" + pair.server.port());
          assertThat(attempt.outcome()).isEqualTo("OK");
          assertThat(attempt.tookNanos()).isPositive();
        });
  }

  @Test
  void failureTellsItsStoryHereAndNotToOthers() {
    probes.onLook =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "no tea");
        };
    Failure failure = failureOf(() -> pair.client.look(LookRequest.getDefaultInstance()));
    String instance = "127.0.0.1:" + pair.server.port() + " UNAVAILABLE";
    assertThat(failure.getMessage())
        .startsWith("no tea [after 3 attempts (")
        .contains(instance + ", " + instance + ", " + instance)
        .contains(" of 5000 ms left");
    assertThat(failure.message()).isEqualTo("no tea");
    assertThat(latest().failed()).isTrue();
    assertThat(latest().decidedBy()).isEqualTo("handler");
  }

  @Test
  void emptyBudgetIsPartOfTheStory() {
    again(options -> options.withRetries(Retries.DEFAULT.withBudget(0, 1)));
    probes.onLook =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "no tea");
        };
    Failure failure = failureOf(() -> pair.client.look(LookRequest.getDefaultInstance()));
    assertThat(failure.getMessage()).contains("after 2 attempts").endsWith("retry budget empty]");
    assertThat(latest().budgetEmpty()).isTrue();
    assertThat(latest().spareRetries()).isLessThan(1);
  }

  @Test
  void refusalBeforeAnyAttemptIsRememberedToo() {
    Context.current()
        .withIdempotencyKey("ü")
        .run(() -> failureOf(() -> pair.client.strike(StrikeRequest.getDefaultInstance())));
    assertThat(latest().attempts()).isEmpty();
    assertThat(latest().decidedBy()).isEqualTo("idempotency");
    assertThat(latest().toString()).matches("before any attempt, [0-9]+ ms of 5000 ms left");
  }

  @Test
  void readerThatLeavesIsNoFailure() {
    try (Source<CountResponse> count =
        pair.client.count(CountRequest.newBuilder().setUntil(1_000_000).build())) {
      assertThat(count.next()).isPresent();
    }
    assertThat(latest().outcome()).isEqualTo("CANCELLED");
    assertThat(latest().decidedBy()).isEqualTo("caller");
    assertThat(latest().failed()).isFalse();
  }

  @Test
  void failedCallsAreRememberedLongerThanTheOthers() {
    again(options ->
        options.withResilience(
            options.resilience().withRemembered(new Remembered(2, 1, Duration.ofDays(1)))));
    failureOf(() -> pair.client.pay(PayRequest.getDefaultInstance()));
    for (int i = 0; i < 5; i++) {
      pair.client.look(LookRequest.getDefaultInstance());
    }
    List<Trail> all = pair.calls.records().list(trail -> true, 100);
    assertThat(all)
        .extracting(trail -> trail.method().name())
        .containsExactly("Look", "Look", "Pay");
  }

  @Test
  void longKeyIsNotShownInFull() {
    String key = "order-4711/" + "x".repeat(80) + "/charge";
    Context.current()
        .withIdempotencyKey(key)
        .run(() -> pair.client.strike(StrikeRequest.getDefaultInstance()));
    assertThat(latest().shortKey()).isEqualTo("order-4711/xxxxx…/charge");
  }

  private void again(UnaryOperator<CallsOptions> options) {
    pair.close();
    pair = Pair.of(probes, o -> o, options);
  }

  private Trail latest() {
    return pair.calls.records().list(trail -> true, 1).getFirst();
  }

  private static String address(Attempt attempt) {
    return Objects.requireNonNull(attempt.endpoint()).address();
  }

  private static Failure failureOf(ThrowingCallable call) {
    return catchThrowableOfType(Failure.class, call);
  }
}
