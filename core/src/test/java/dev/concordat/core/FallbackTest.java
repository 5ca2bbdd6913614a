package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FallbackTest {
  @Test
  void answerIsTheAnswer() {
    assertThat(Fallback.of(() -> "real").whenDown(failure -> "instead").get()).isEqualTo("real");
  }

  @Test
  void firstRuleThatFitsDecides() {
    Fallback<String> fallback =
        Fallback.<String>of(() -> fail(Code.UNAVAILABLE, "GONE"))
            .onReason("ELSEWHERE", failure -> "elsewhere")
            .onReason("GONE", failure -> "gone")
            .on(Code.UNAVAILABLE, failure -> "down");
    assertThat(fallback.get()).isEqualTo("gone");
  }

  @Test
  void serviceThatCannotHelpNowIsDown() {
    for (Code code : Code.values()) {
      Fallback<String> fallback =
          Fallback.<String>of(() -> fail(code, "")).whenDown(failure -> failure.code().name());
      switch (code) {
        case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED ->
            assertThat(fallback.get()).isEqualTo(code.name());
        default -> assertThatThrownBy(fallback::get).isInstanceOf(Failure.class);
      }
    }
  }

  @Test
  void callerThatIsCancelledGetsNoSubstitute() {
    Context context = Context.root().withCancellation(Cancellation.create());
    context.cancellation().cancel(Failure.of(Code.CANCELLED, "left"));
    Fallback<String> fallback =
        Fallback.<String>of(() -> fail(Code.UNAVAILABLE, "")).whenDown(failure -> "instead");
    assertThatThrownBy(() -> context.call(fallback::get)).isInstanceOf(Failure.class);
  }

  private static String fail(Code code, String reason) {
    throw Failure.of(code, "no").with(Failure.Details.NONE.withReason(reason));
  }
}
