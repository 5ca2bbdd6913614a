package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.identity.CachedTokens;
import dev.concordat.calls.identity.TokenIssuer;
import dev.concordat.core.Bearer;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedTokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean down;
  private final CachedTokens tokens = CachedTokens.of(this::issue, clock, new Random(7));

  @AfterEach
  void close() {
    tokens.close();
  }

  @Test
  void manyWhoNeedATokenAskOnce() {
    var got = Fanout.each(Collections.nCopies(20, "x"), each -> tokens.token(PATIENCE).reveal());
    assertThat(got).containsOnly("token-1");
    assertThat(asked).hasValue(1);
  }

  @Test
  void tokenIsReplacedBeforeItExpires() {
    tokens.token(PATIENCE);
    clock.advance(Duration.ofSeconds(69));
    assertThat(tokens.token(PATIENCE).reveal()).isEqualTo("token-1");
    clock.advance(Duration.ofSeconds(17));
    Eventually.holds(
        "the next token is taken up", () -> tokens.token(PATIENCE).reveal().equals("token-2"));
    assertThat(asked).hasValue(2);
  }

  @Test
  void tokenAtHandIsUsedWhileTheIssuerIsDownUntilItExpires() {
    tokens.token(PATIENCE);
    down = true;
    clock.advance(Duration.ofSeconds(90));
    assertThat(tokens.token(PATIENCE).reveal()).isEqualTo("token-1");
    Eventually.holds("the issuer was asked", () -> asked.get() == 2);
    clock.advance(Duration.ofSeconds(10));
    assertThatThrownBy(() -> tokens.token(PATIENCE))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(failure.details().reason()).isEqualTo("TOKEN_UNAVAILABLE");
              assertThat(failure.message()).contains("the issuer is down");
            });
    down = false;
    clock.advance(Duration.ofSeconds(3));
    assertThat(tokens.token(PATIENCE).reveal()).startsWith("token-");
  }

  private TokenIssuer.Issued issue() throws IOException {
    int number = asked.incrementAndGet();
    if (down) {
      throw new IOException("the issuer is down");
    }
    return new TokenIssuer.Issued(Bearer.of("token-" + number), Duration.ofSeconds(100));
  }
}
