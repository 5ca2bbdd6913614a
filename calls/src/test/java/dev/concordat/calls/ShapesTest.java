package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.EchoResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.ProbeMethods;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.calls.probe.v1.SumResponse;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShapesTest {
  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);

  @AfterEach
  void stop() {
    pair.close();
  }

  @Test
  void oneMessageUpOneDown() {
    var answer = pair.client.look(LookRequest.newBuilder().setName("x").build());
    assertThat(answer.getText()).isEqualTo("seen x");
  }

  @Test
  void oneUpManyDown() {
    List<Long> numbers = new ArrayList<>();
    try (var source = pair.client.count(CountRequest.newBuilder().setUntil(100).build())) {
      for (CountResponse response : source) {
        numbers.add(response.getNumber());
      }
    }
    assertThat(numbers).hasSize(100).isSorted();
  }

  @Test
  void oneUpNoneDown() {
    try (var source = pair.client.count(CountRequest.getDefaultInstance())) {
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void manyUpOneDown() {
    try (var upload = pair.client.sum()) {
      for (int i = 1; i <= 100; i++) {
        upload.send(SumRequest.newBuilder().setNumber(i).build());
      }
      assertThat(upload.finish().getSum()).isEqualTo(5050);
    }
  }

  @Test
  void manyUpAndManyDown() {
    try (var exchange = pair.client.echo()) {
      for (int i = 0; i < 50; i++) {
        exchange.send(EchoRequest.newBuilder().setText("m" + i).build());
        assertThat(exchange.next().map(EchoResponse::getText)).contains("m" + i);
      }
      exchange.finish();
      assertThat(exchange.next()).isEmpty();
    }
  }

  @Test
  void failureOfTheHandlerKeepsCodeMessageAndReason() {
    probes.onLook =
        request -> {
          throw Failure.notFound("no such thing")
              .with(Failure.Details.NONE.withReason("NO_SUCH_THING"));
        };
    assertThatThrownBy(() -> pair.client.look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
              assertThat(failure.message()).isEqualTo("no such thing");
              assertThat(failure.details().reason()).isEqualTo("NO_SUCH_THING");
              assertThat(failure.details().decidedBy()).isEqualTo("handler");
            });
  }

  @Test
  void exceptionOfTheHandlerTellsTheCallerNothingOfItself() {
    probes.onLook =
        request -> {
          throw new IllegalStateException("password is secret");
        };
    assertThatThrownBy(() -> pair.client.look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INTERNAL);
              assertThat(failure.message()).contains("trace").doesNotContain("secret");
            });
  }

  @Test
  void bytesGoThroughTheSameStepsWithoutBeingParsed() throws Exception {
    var raw = pair.calls.rawCaller("probe");
    byte[] request = LookRequest.newBuilder().setName("raw").build().toByteArray();
    Answer answer = raw.unary(ProbeMethods.LOOK, request);
    assertThat(dev.concordat.calls.probe.v1.LookResponse.parseFrom(answer.message()).getText())
        .isEqualTo("seen raw");
    assertThat(answer.replayed()).isFalse();

    byte[] until = CountRequest.newBuilder().setUntil(3).build().toByteArray();
    try (var source = raw.serverStream(ProbeMethods.COUNT, until)) {
      assertThat(source).hasSize(3);
    }
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    var raw = pair.calls.rawCaller("probe");
    assertThatThrownBy(() -> raw.unary(ProbeMethods.LOOK, new byte[] {10, 99, 1}))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(failure.message()).contains("probe.v1.LookRequest");
            });
  }

  @Test
  void uploadThatIsAbandonedEndsTheHandler() {
    SumResponse answer;
    try (var abandoned = pair.client.sum()) {
      abandoned.send(SumRequest.newBuilder().setNumber(1).build());
    }
    try (var upload = pair.client.sum()) {
      answer = upload.finish();
    }
    assertThat(answer.getSum()).isZero();
  }
}
