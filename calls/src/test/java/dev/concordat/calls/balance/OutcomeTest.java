package dev.concordat.calls.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  @Test
  void whatTheRequestDeservedIsAnAnswer() {
    assertThat(Outcome.of(Reach.HANDLER, null)).isEqualTo(Outcome.ANSWERED);
    EnumSet<Code> blamed =
        EnumSet.of(
            Code.UNAVAILABLE,
            Code.INTERNAL,
            Code.UNKNOWN,
            Code.DATA_LOSS,
            Code.DEADLINE_EXCEEDED,
            Code.CANCELLED);
    for (Code code : EnumSet.complementOf(blamed)) {
      assertThat(of(Reach.HANDLER, code)).as(code.name()).isEqualTo(Outcome.ANSWERED);
    }
    for (Code code : EnumSet.of(Code.UNAVAILABLE, Code.INTERNAL, Code.UNKNOWN, Code.DATA_LOSS)) {
      assertThat(of(Reach.HANDLER, code)).as(code.name()).isEqualTo(Outcome.FAILED);
    }
  }

  @Test
  void nobodyThereIsNotTheSameAsNotAbleTo() {
    assertThat(of(Reach.NOWHERE, Code.UNAVAILABLE)).isEqualTo(Outcome.UNREACHABLE);
    assertThat(of(Reach.DOOR, Code.UNAVAILABLE)).isEqualTo(Outcome.FAILED);
    Failure stopping =
        Failure.of(Code.UNAVAILABLE, "no").with(Failure.Details.NONE.withReason("STOPPING"));
    assertThat(Outcome.of(Reach.HANDLER, stopping)).isEqualTo(Outcome.UNREACHABLE);
  }

  @Test
  void refusalBecauseOfLoadIsNoFailureAndAQuotaIsAnAnswer() {
    assertThat(of(Reach.DOOR, Code.RESOURCE_EXHAUSTED)).isEqualTo(Outcome.REFUSED);
    Failure later =
        Failure.of(Code.RESOURCE_EXHAUSTED, "no")
            .with(Failure.Details.NONE.withRetryAfter(Duration.ofSeconds(1)));
    assertThat(Outcome.of(Reach.HANDLER, later)).isEqualTo(Outcome.REFUSED);
    assertThat(of(Reach.HANDLER, Code.RESOURCE_EXHAUSTED)).isEqualTo(Outcome.ANSWERED);
  }

  private static Outcome of(Reach reach, Code code) {
    return Outcome.of(reach, Failure.of(code, "no"));
  }
}
