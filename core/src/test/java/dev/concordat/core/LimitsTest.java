package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LimitsTest {
  @Test
  void eachIsChangedOnItsOwn() {
    Limits limits =
        Limits.DEFAULT
            .withMessageBytes(1)
            .withHeaderBytes(2)
            .withBaggageBytes(3)
            .withKeyLength(4)
            .withConcurrentCalls(5)
            .withStreamBuffer(6);

    assertThat(limits).isEqualTo(new Limits(1, 2, 3, 4, 5, 6));
  }

  @Test
  void oneThatLetsNothingThroughIsRefusedByName() {
    assertThatThrownBy(() -> Limits.DEFAULT.withStreamBuffer(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("streamBuffer must be at least 1, got 0");
  }
}
