package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 300})
  void withEnoughOfAllTheLowOnesGetTheirShare(int claim) {
    int[] done = claims(claim, 21_000 / claim, new boolean[] {true, true, true});
    double all = done[0] + done[1] + done[2];
    assertThat(done[2] / all).isBetween(0.03, 0.06);
    assertThat(done[1] / all).isBetween(0.12, 0.22);
    assertThat(done[0]).isGreaterThan(done[1]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void aTurnThatNobodyTakesIsLostAndNotSaved(int claim) {
    Shares shares = new Shares();
    for (int i = 0; i < 1_000; i++) {
      claim(shares, claim, new boolean[] {true, false, false});
    }
    int[] next = claim(shares, claim, new boolean[] {true, true, true});
    assertThat(next[0]).isGreaterThanOrEqualTo(claim / 2);
  }

  private static int[] claims(int claim, int times, boolean[] waiting) {
    Shares shares = new Shares();
    int[] done = new int[3];
    for (int i = 0; i < times; i++) {
      int[] one = claim(shares, claim, waiting);
      for (int p = 0; p < 3; p++) {
        done[p] += one[p];
      }
    }
    return done;
  }

  /// A claim on queues that hold endlessly many, or none.
  private static int[] claim(Shares shares, int claim, boolean[] waiting) {
    Shares.Turn turn = shares.next(claim);
    int[] got = new int[3];
    int room = claim;
    if (waiting[turn.rank()]) {
      got[turn.rank()] = Math.min(turn.tasks(), claim);
      room -= got[turn.rank()];
    }
    for (int p = 0; p < 3; p++) {
      if (waiting[p]) {
        got[p] += room;
        room = 0;
      }
    }
    shares.claimed(turn, new Places(got[0], got[1], got[2]));
    return got;
  }
}
