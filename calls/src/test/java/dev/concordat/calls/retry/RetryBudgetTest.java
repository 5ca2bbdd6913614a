package dev.concordat.calls.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.ManualClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private final ManualClock clock = new ManualClock();

  @Test
  void oneFifthOfTheCallsOrTheFloorWhereThatIsMore() {
    RetryBudget busy = new RetryBudget(Retries.DEFAULT, clock);
    calls(busy, 1_000);
    assertThat(taken(busy)).isEqualTo(200);
    RetryBudget quiet = new RetryBudget(Retries.DEFAULT, clock);
    calls(quiet, 20);
    assertThat(taken(quiet)).isEqualTo(10);
  }

  @Test
  void floorComesBackWithTime() {
    RetryBudget budget = new RetryBudget(Retries.DEFAULT, clock);
    assertThat(taken(budget)).isEqualTo(10);
    clock.advance(Duration.ofMillis(500));
    assertThat(taken(budget)).isEqualTo(5);
    clock.advance(Duration.ofHours(1));
    assertThat(taken(budget)).isEqualTo(10);
  }

  @Test
  void callsCountForTenSeconds() {
    RetryBudget budget = new RetryBudget(Retries.DEFAULT.withBudget(0.2, 0), clock);
    calls(budget, 100);
    clock.advance(Duration.ofSeconds(9));
    assertThat(taken(budget)).isEqualTo(20);
    calls(budget, 100);
    clock.advance(Duration.ofSeconds(11));
    assertThat(taken(budget)).isZero();
  }

  @Test
  void whatReachedNobodyIsFreeAndWhatWasRefusedIsNot() {
    Failure down = Failure.of(Code.UNAVAILABLE, "down");
    assertThat(decide(down, Reach.NOWHERE, false, 1, false))
        .isInstanceOf(RetryDecision.Again.class);
    assertThat(decide(down, Reach.DOOR, false, 1, true)).isInstanceOf(RetryDecision.Again.class);
    assertThat(decide(down, Reach.DOOR, false, 1, false)).isInstanceOf(RetryDecision.GiveUp.class);
    assertThat(decide(down, Reach.HANDLER, false, 1, true))
        .isInstanceOf(RetryDecision.GiveUp.class);
    assertThat(decide(down, Reach.HANDLER, true, 1, true)).isInstanceOf(RetryDecision.Again.class);
  }

  @Test
  void emptyBudgetSettlesTheFailureAndSaysWhoDecided() {
    var decision = decide(Failure.of(Code.UNAVAILABLE, "down"), Reach.HANDLER, true, 1, false);
    assertThat(decision)
        .isInstanceOfSatisfying(
            RetryDecision.GiveUp.class,
            told -> {
              assertThat(told.failure().details().settled()).isTrue();
              assertThat(told.failure().details().decidedBy()).isEqualTo("retry-budget");
            });
  }

  @Test
  void onlyWhatMayPassIsTriedAgain() {
    for (Code code : Code.values()) {
      var decision = decide(Failure.of(code, "no"), Reach.HANDLER, true, 1, true);
      assertThat(decision instanceof RetryDecision.Again)
          .as(code.name())
          .isEqualTo(code == Code.UNAVAILABLE);
    }
  }

  private static RetryDecision decide(
      Failure failure, Reach reach, boolean repeatable, int tries, boolean budget) {
    return RetryDecision.after(
        new RetryDecision.Attempt(failure, tries, reach, repeatable, Duration.ofSeconds(5)),
        Retries.DEFAULT,
        () -> budget,
        new Random(1));
  }

  private static void calls(RetryBudget budget, int calls) {
    for (int i = 0; i < calls; i++) {
      budget.call();
    }
  }

  private static int taken(RetryBudget budget) {
    int taken = 0;
    while (budget.take()) {
      taken++;
    }
    return taken;
  }
}
