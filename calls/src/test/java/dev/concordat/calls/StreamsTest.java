package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.EchoResponse;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.core.Code;
import dev.concordat.core.Exchange;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private final AtomicReference<Failure> why = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  @Test
  void callerThatSendsNothingIsGivenUp() throws Exception {
    Probes probes =
        new Probes() {
          @Override
          public void nap(Source<EchoRequest> in, Sink<CountResponse> out) {
            seeing(() -> super.nap(in, out));
          }
        };
    try (Pair pair = Pair.of(probes);
        var exchange = pair.client.nap()) {
      ended.await();
      idle(Objects.requireNonNull(why.get()));
      assertThatThrownBy(exchange::next)
          .isInstanceOfSatisfying(Failure.class, failure -> idle(failure));
    }
  }

  @Test
  void callerThatReadsNothingIsGivenUpAndHoldsNoHandler() throws Exception {
    ByteString padding = ByteString.copyFrom(new byte[100_000]);
    Probes probes =
        new Probes() {
          @Override
          public void nap(Source<EchoRequest> in, Sink<CountResponse> out) {
            seeing(() -> {
              while (true) {
                out.send(CountResponse.newBuilder().setPadding(padding).build());
              }
            });
          }
        };
    try (Pair pair = Pair.of(probes);
        var _ = pair.client.nap()) {
      ended.await();
      idle(Objects.requireNonNull(why.get()));
      Eventually.holds("no handler is left", () -> pair.server.busy() == 0);
    }
  }

  @Test
  void calleeThatSaysNothingIsGivenUpByTheCaller() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Probes probes =
        new Probes() {
          @Override
          public void nap(Source<EchoRequest> in, Sink<CountResponse> out) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    try (Pair pair = Pair.of(probes);
        var exchange = pair.client.nap()) {
      assertThatThrownBy(exchange::next)
          .isInstanceOfSatisfying(Failure.class, failure -> idle(failure));
      interrupted.await();
    }
  }

  @Test
  void brokenStreamSaysWhereItCanBeGoneOnWith() {
    Probes probes =
        new Probes() {
          @Override
          public void recount(CountRequest request, Sink<CountResponse> out) {
            super.recount(request, out);
            throw Failure.of(Code.UNAVAILABLE, "broken");
          }
        };
    List<Long> seen = new ArrayList<>();
    try (Pair pair = Pair.of(probes);
        var source = pair.client.recount(CountRequest.newBuilder().setUntil(7).build())) {
      assertThatThrownBy(() -> source.forEach(message -> seen.add(message.getNumber())))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.details().resumeAfter()).contains("7"));
      assertThat(seen).hasSize(7);
    }
  }

  @Test
  void nothingIsLeftOfStreamsThatAreAbandoned() {
    Probes probes = new Probes();
    try (Pair pair = Pair.of(probes)) {
      for (int i = 0; i < 50; i++) {
        try (var source =
            pair.client.count(CountRequest.newBuilder().setUntil(Long.MAX_VALUE).build())) {
          assertThat(source.next()).isPresent();
        }
        try (var upload = pair.client.sum()) {
          upload.send(SumRequest.getDefaultInstance());
        }
        try (var exchange = pair.client.echo()) {
          exchange.send(EchoRequest.getDefaultInstance());
          assertThat(exchange.next()).isPresent();
        }
      }
      Eventually.holds("the server works on nothing", () -> pair.server.busy() == 0);
      Eventually.holds("no thread is left", () -> pair.server.threads() == 0);
    }
  }

  @Test
  void streamsThatSayNothingHoldNobodyElseUp() {
    List<Exchange<EchoRequest, EchoResponse>> idle = new ArrayList<>();
    try (Pair pair = Pair.of(new Probes())) {
      try {
        for (int i = 0; i < 900; i++) {
          idle.add(pair.client.echo());
        }
        Eventually.holds("they are open", () -> pair.server.busy() == 900);
        for (int i = 0; i < 50; i++) {
          assertThat(pair.client.strike(StrikeRequest.getDefaultInstance()).getStrikes())
              .isPositive();
        }
      } finally {
        idle.forEach(Exchange::close);
      }
      Eventually.holds("all have ended", () -> pair.server.busy() == 0);
    }
  }

  private void seeing(Runnable body) {
    try {
      body.run();
    } catch (Failure failure) {
      why.set(failure);
      throw failure;
    } finally {
      ended.countDown();
    }
  }

  private static void idle(Failure failure) {
    assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(failure.details().reason()).isEqualTo("IDLE");
    assertThat(failure.details().decidedBy()).isEqualTo("idle");
  }
}
