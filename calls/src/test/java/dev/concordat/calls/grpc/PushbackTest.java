package dev.concordat.calls.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// gRPC's own trailer, as foreign servers send it and foreign clients read it.
class PushbackTest {
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  @Test
  void timeOfAForeignServerIsATimeToComeBack() {
    Failure failure = read("250");
    assertThat(failure.details().retryAfter()).contains(Duration.ofMillis(250));
    assertThat(failure.details().settled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "soon", "", "99999999999"})
  void negativeOrUnreadableMeansNotAgain(String pushback) {
    assertThat(read(pushback).details().settled()).isTrue();
  }

  @Test
  void foreignClientsAreToldToStayAwayFromWhatIsSettled() {
    Failure settled =
        Failure.of(Code.UNAVAILABLE, "down").with(Failure.Details.NONE.withSettled(true));
    assertThat(FailureCodec.trailers(settled, false).get(PUSHBACK)).isEqualTo("-1");
  }

  @Test
  void foreignClientsAreToldWhenToComeBack() {
    Failure busy =
        Failure.of(Code.RESOURCE_EXHAUSTED, "busy")
            .with(Failure.Details.NONE.withRetryAfter(Duration.ofMillis(100)));
    assertThat(FailureCodec.trailers(busy, true).get(PUSHBACK)).isEqualTo("100");
    Failure plain = Failure.of(Code.UNAVAILABLE, "down");
    assertThat(FailureCodec.trailers(plain, true).containsKey(PUSHBACK)).isFalse();
  }

  private static Failure read(String pushback) {
    Metadata trailers = new Metadata();
    trailers.put(PUSHBACK, pushback);
    return FailureCodec.read(Status.UNAVAILABLE, trailers);
  }
}
