package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.tasks.Floors.From;
import org.junit.jupiter.api.Test;

class FloorsTest {
  private static final long MILLI = 1_000_000;

  private final Floors floors = new Floors(0, Places.NONE);

  @Test
  void theFirstLookBeginsAtTheFront() {
    assertThat(floors.next(0)).isEqualTo(From.FRONT);
    assertThat(floors.places(From.FRONT)).isEqualTo(Places.NONE);
  }

  @Test
  void theFloorRisesWhenEverybodyWhoWasUnderWayHasEnded() {
    floors.looked(From.FRONT, look(100, 90, 50, 10), MILLI, MILLI);
    assertThat(floors.places(From.SETTLED).normal()).isZero();
    floors.looked(From.SETTLED, look(110, 95, 60, 1), MILLI, 2 * MILLI);
    assertThat(floors.places(From.SETTLED).normal()).as("95 may be under way since 100").isZero();
    floors.looked(From.SETTLED, look(120, 101, 70, 1), MILLI, 3 * MILLI);
    assertThat(floors.places(From.SETTLED).normal()).isEqualTo(50);
  }

  @Test
  void aLookThatDidNotReadThroughRaisesTheFloorOnlyAsFarAsItRead() {
    floors.looked(From.FRONT, look(100, 90, 500, 10), MILLI, MILLI);
    Places reached = new Places(Long.MAX_VALUE, 300, Long.MAX_VALUE);
    floors.looked(
        From.SETTLED,
        new Floors.Look(200, 200, new Places(0, 300, 0), reached, 5),
        MILLI,
        2 * MILLI);
    assertThat(floors.places(From.SETTLED).normal()).isEqualTo(300);
  }

  @Test
  void behindALongTransactionLooksBeginAtTheFastFloorMostOfTheTime() {
    long now = MILLI;
    floors.looked(From.FRONT, look(100, 90, 50, 600), MILLI, now);
    assertThat(floors.next(now)).isEqualTo(From.SETTLED);
    floors.looked(From.SETTLED, look(110, 90, 1_000, 600), 5 * MILLI, now);

    assertThat(floors.next(now)).isEqualTo(From.FAST);
    assertThat(floors.places(From.FAST).normal()).isEqualTo(1_000);
    assertThat(floors.next(now + 49 * MILLI)).as("paid for in 50 ms").isEqualTo(From.FAST);
    assertThat(floors.next(now + 50 * MILLI)).isIn(From.SETTLED, From.FRONT);
  }

  @Test
  void looksFromTheFrontTakeOneFiftiethOfTheTime() {
    floors.looked(From.FRONT, look(100, 100, 50, 1), 500 * MILLI, 0);
    assertThat(floors.next(24_999 * MILLI)).isNotEqualTo(From.FRONT);
    assertThat(floors.next(25_000 * MILLI)).isEqualTo(From.FRONT);
  }

  private static Floors.Look look(long transaction, long oldest, long last, int claimed) {
    long all = Long.MAX_VALUE;
    return new Floors.Look(
        transaction, oldest, new Places(0, last, 0), new Places(all, all, all), claimed);
  }
}
