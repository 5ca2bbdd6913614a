package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.calls.probe.v1.StrikeResponse;
import dev.concordat.calls.retry.Retries;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Priority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void safeCallIsTriedAgainAndThenAnswered() {
    failFirst(2);
    assertThat(pair.client.look(LookRequest.getDefaultInstance()).getText()).isEqualTo("at last");
    assertThat(probes.looks).hasValue(3);
  }

  @Test
  void threeAttemptsAreEnough() {
    failFirst(100);
    assertUnavailable(
        () -> pair.client.look(LookRequest.getDefaultInstance()),
        failure -> {
          assertThat(failure.details().attempts()).isEqualTo(3);
          assertThat(failure.details().settled()).isTrue();
          assertThat(failure.details().retryAfter()).isPresent();
        });
    assertThat(probes.looks).hasValue(3);
  }

  @Test
  void unsafeCallWithoutAKeyIsNeverTriedTwice() {
    probes.onStrike =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "struck, then died");
        };
    assertUnavailable(() -> pair.client.strike(StrikeRequest.getDefaultInstance()), failure -> {});
    assertThat(probes.strikes).hasValue(1);
  }

  @Test
  void unsafeCallWithAKeyIsTriedAgain() {
    probes.onStrike =
        request -> {
          if (probes.strikes.get() < 3) {
            throw Failure.of(Code.UNAVAILABLE, "not yet");
          }
          return StrikeResponse.newBuilder().setStrikes(probes.strikes.get()).build();
        };
    long strikes =
        Context.current()
            .withIdempotencyKey("k")
            .call(() -> pair.client.strike(StrikeRequest.getDefaultInstance()).getStrikes());
    assertThat(strikes).isEqualTo(3);
  }

  @Test
  void failureThatWasSettledFurtherDownIsNotTriedAgain() {
    probes.onLook =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "settled")
              .with(Failure.Details.NONE.withSettled(true));
        };
    assertUnavailable(() -> pair.client.look(LookRequest.getDefaultInstance()), failure -> {});
    assertThat(probes.looks).hasValue(1);
  }

  @Test
  void laterAttemptsSayThatTheyAreAndMatterLess() {
    List<String> attempts = new ArrayList<>();
    probes.onLook =
        request -> {
          attempts.add(Context.current().priority().name());
          throw Failure.of(Code.UNAVAILABLE, "no");
        };
    assertUnavailable(() -> pair.client.look(LookRequest.getDefaultInstance()), failure -> {});
    assertThat(attempts)
        .containsExactly(Priority.NORMAL.name(), Priority.LOW.name(), Priority.LOW.name());
  }

  @Test
  void calleesTimeToComeBackIsHonoured() {
    probes.onLook =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "in a minute")
              .with(Failure.Details.NONE.withRetryAfter(Duration.ofMinutes(1)));
        };
    // A minute is more than the call has: told at once, and tried no more.
    assertUnavailable(
        () -> pair.client.look(LookRequest.getDefaultInstance()),
        failure -> assertThat(failure.details().retryAfter()).contains(Duration.ofMinutes(1)));
    assertThat(probes.looks).hasValue(1);
  }

  @Test
  void fourHopsAboveAFailingLeafAddOneFifthOfLoadAtMost() {
    int calls = 500;
    try (Hops hops =
        new Hops(4, options -> options.withRetries(Retries.DEFAULT.withBudget(0.2, 0)))) {
      hops.leaf.onLook =
          request -> {
            throw Failure.of(Code.UNAVAILABLE, "the leaf is down");
          };
      for (int i = 0; i < calls; i++) {
        assertUnavailable(() -> hops.first.look(hops.request()), failure -> {});
      }
      assertThat(hops.leaf.looks.get())
          .as("calls of the leaf")
          .isBetween((long) calls + 1, (long) (calls * 1.2));
    }
  }

  @Test
  void deadInstanceIsGoneAroundAlsoByCallsThatMayNotBeRepeated() throws IOException {
    StaticResolver resolver =
        StaticResolver.of(
            "probe",
            Endpoint.of("127.0.0.1", pair.server.port()),
            Endpoint.of("127.0.0.1", unusedPort()),
            Endpoint.of("127.0.0.1", unusedPort()));
    try (Calls calls = Calls.open("tester", resolver)) {
      var client = calls.client(dev.concordat.calls.probe.v1.ProbeClient.FACTORY);
      for (int i = 0; i < 50; i++) {
        client.strike(StrikeRequest.getDefaultInstance());
      }
    }
    assertThat(probes.strikes).hasValue(50);
  }

  @Test
  void serviceThatIsDownIsSaidToBeAndWhenToComeBack() throws IOException {
    StaticResolver resolver = StaticResolver.of("probe", Endpoint.of("127.0.0.1", unusedPort()));
    try (Calls calls = Calls.open("tester", resolver)) {
      var client = calls.client(dev.concordat.calls.probe.v1.ProbeClient.FACTORY);
      assertUnavailable(
          () -> client.strike(StrikeRequest.getDefaultInstance()),
          failure -> {
            assertThat(failure.message()).contains("probe").doesNotContain("127.0.0.1");
            assertThat(failure.details().reason()).isEqualTo("UNREACHABLE");
            assertThat(failure.details().retryAfter()).isPresent();
          });
    }
  }

  @Test
  void instanceThatComesBackOnItsPortIsFoundAgain() throws IOException {
    int port = unusedPort();
    StaticResolver resolver = StaticResolver.of("probe", Endpoint.of("127.0.0.1", port));
    try (Calls calls = Calls.open("tester", resolver)) {
      var client = calls.client(dev.concordat.calls.probe.v1.ProbeClient.FACTORY);
      assertUnavailable(() -> client.look(LookRequest.getDefaultInstance()), failure -> {});
      try (CallServer back = Pair.server(new Probes(), options -> options.withPort(port))) {
        assertThat(client.look(LookRequest.getDefaultInstance()).getText()).isEqualTo("seen ");
        assertThat(back.port()).isEqualTo(port);
      }
    }
  }

  private void failFirst(int times) {
    probes.onLook =
        request -> {
          if (probes.looks.get() <= times) {
            throw Failure.of(Code.UNAVAILABLE, "not yet");
          }
          return LookResponse.newBuilder().setText("at last").build();
        };
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void assertUnavailable(
      Runnable call, java.util.function.Consumer<Failure> further) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
              further.accept(failure);
            });
  }
}
