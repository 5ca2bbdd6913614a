package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.retry.Retries;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.Limits;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Limits SMALL = Limits.DEFAULT.withMessageBytes(1_000);

  private final Probes probes = new Probes();

  @Test
  void requestThatIsTooLargeIsRefusedByTheServerWithItsLimit() {
    try (Pair pair = Pair.of(probes, server -> server.withLimits(SMALL), client -> client)) {
      refused(
          () -> pair.client.look(named(2_000)),
          failure -> assertThat(failure.message()).contains("1000"));
      assertThat(probes.looks).hasValue(0);
      assertThat(pair.client.look(named(10)).getText()).startsWith("seen");
    }
  }

  @Test
  void requestThatIsTooLargeForTheCallerItselfIsNotSent() {
    try (Pair pair = Pair.of(probes, server -> server, client -> client.withLimits(SMALL))) {
      refused(
          () -> pair.client.look(named(2_000)),
          failure -> {
            assertThat(failure.message()).contains("1,000");
            assertThat(failure.details().reason()).isEqualTo("MESSAGE_TOO_LARGE");
          });
    }
  }

  @Test
  void answerThatIsTooLargeIsSaidToBe() {
    probes.onLook = request -> LookResponse.newBuilder().setText("x".repeat(2_000)).build();
    try (Pair pair = Pair.of(probes, server -> server.withLimits(SMALL), client -> client)) {
      refused(
          () -> pair.client.look(named(1)),
          failure -> assertThat(failure.message()).contains("the answer").contains("1,000"));
    }
    try (Pair pair = Pair.of(probes, server -> server, client -> client.withLimits(SMALL))) {
      refused(
          () -> pair.client.look(named(1)),
          failure -> assertThat(failure.message()).contains("1000"));
    }
  }

  @Test
  void baggageThatIsTooLargeForTheHeadersDoesNotFailTheCall() {
    try (Pair pair = Pair.of(probes)) {
      var answer =
          Context.current()
              .withBaggage(java.util.Map.of("small", "x", "large", "y".repeat(100_000)))
              .call(() -> pair.client.look(named(1)));
      assertThat(answer.getText()).startsWith("seen");
    }
  }

  @Test
  void callsBeyondTheLimitAreRefusedAndToldWhenToComeBack() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    probes.onLook =
        request -> {
          entered.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return LookResponse.getDefaultInstance();
        };
    Limits one = Limits.DEFAULT.withConcurrentCalls(1);
    try (Pair pair =
        Pair.of(
            probes,
            server -> server.withLimits(one),
            client -> client.withRetries(Retries.DEFAULT.withAttempts(1)))) {
      Fanout.both(
          () -> pair.client.look(named(1)),
          () -> {
            entered.await();
            refused(
                () -> pair.client.look(named(1)),
                failure -> {
                  assertThat(failure.details().decidedBy()).isEqualTo("admission");
                  assertThat(failure.details().reason()).isEqualTo("OVERLOADED");
                  assertThat(failure.details().retryAfter()).isPresent();
                });
            go.countDown();
            return true;
          },
          (answer, refused) -> answer);
    }
  }

  @Test
  void onlyNamedCallersMayCallWhatTheContractClosesToOthers() {
    try (Pair pair = Pair.of(probes)) {
      assertThatThrownBy(() -> pair.client.whisper(named(1)))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
                assertThat(failure.message()).contains("tester").contains("Whisper");
              });
      StaticResolver resolver =
          StaticResolver.of("probe", Endpoint.of("127.0.0.1", pair.server.port()));
      try (Calls friend = Calls.open("friend", resolver)) {
        var client = friend.client(dev.concordat.calls.probe.v1.ProbeClient.FACTORY);
        assertThat(client.whisper(named(1)).getText()).isEqualTo("psst");
      }
    }
  }

  private static LookRequest named(int length) {
    return LookRequest.newBuilder().setName("n".repeat(length)).build();
  }

  private static void refused(Runnable call, Consumer<Failure> further) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              further.accept(failure);
            });
  }
}
