package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final Duration BUSY_ELSEWHERE = Duration.ofMillis(1_200);

  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void stop() {
    go.countDown();
    pair.close();
  }

  @Test
  void callUnderWayEndsByItself() {
    probes.onLook = request -> slow();
    String text =
        Fanout.both(
            () -> pair.client.look(LookRequest.getDefaultInstance()).getText(),
            () -> {
              entered.await();
              return Fanout.both(
                  () -> pair.server.drain(Duration.ofSeconds(10)),
                  () -> {
                    go.countDown();
                    return true;
                  },
                  (clean, released) -> clean);
            },
            (answer, clean) -> {
              assertThat(clean).isTrue();
              return answer;
            });
    assertThat(text).isEqualTo("slow");
  }

  @Test
  void whatOutlastsTheGraceIsInterruptedAndItsCallerTold() {
    probes.onLook = request -> slow();
    assertThatThrownBy(() ->
            Fanout.both(
                () -> pair.client.look(LookRequest.getDefaultInstance()),
                () -> {
                  entered.await();
                  return pair.server.drain(Duration.ofMillis(50));
                },
                (answer, clean) -> answer))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
    assertThat(probes.looks).hasValue(1);
  }

  @Test
  void openStreamIsToldThatTheServerStops() {
    streamIsToldThatTheServerStops(Duration.ZERO);
  }

  /// What was sent before, as much as may be on its way, comes before the reason.
  @Test
  void readerWhoIsBusyElsewhereIsToldThatTheServerStops() {
    streamIsToldThatTheServerStops(BUSY_ELSEWHERE);
  }

  private void streamIsToldThatTheServerStops(Duration pause) {
    List<Long> numbers = new ArrayList<>();
    AtomicBoolean clean = new AtomicBoolean(true);
    Background stopping = new Background("stopping");
    assertThatThrownBy(
            () -> {
              try (var source =
                  pair.client.count(CountRequest.newBuilder().setUntil(Long.MAX_VALUE).build())) {
                for (var number : source) {
                  numbers.add(number.getNumber());
                  if (numbers.size() == 100) {
                    LockSupport.parkNanos(pause.toNanos());
                    stopping.start(
                        "drain", () -> clean.set(pair.server.drain(Duration.ofMillis(20))));
                    LockSupport.parkNanos(pause.toNanos());
                  }
                }
              }
            })
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(failure.details().reason()).isEqualTo("STOPPING");
            });
    stopping.stop(Duration.ofSeconds(30));
    assertThat(clean).isFalse();
  }

  @Test
  void healthSaysServingUntilDrainingBegins() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pair.server.port()).usePlaintext().build();
    try {
      probes.onLook = request -> slow();
      var health = HealthGrpc.newBlockingStub(channel);
      assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
      var watched = health.watch(HealthCheckRequest.getDefaultInstance());
      assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);
      Fanout.both(
          () -> pair.server.drain(Duration.ofMillis(500)),
          () -> {
            assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            return true;
          },
          (clean, seen) -> seen);
    } finally {
      channel.shutdownNow();
    }
  }

  private LookResponse slow() {
    entered.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return LookResponse.newBuilder().setText("slow").build();
  }
}
