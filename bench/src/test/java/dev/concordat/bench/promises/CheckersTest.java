package dev.concordat.bench.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.bench.promises.Breach.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Histories made by hand, each with one thing wrong.
class CheckersTest {
  private static final List<String> STEPS = List.of("reserve", "charge", "confirm");

  @Nested
  class Messages {
    @Test
    void aHistoryWithoutFaultIsClean() {
      assertThat(check(told(3), done(1, 2, 3)).clean()).isTrue();
      assertThat(check(List.of(), List.of()).clean()).isTrue();
    }

    @Test
    void whatWasPassedOverIsLost() {
      assertThat(kinds(check(told(3), done(1, 3)))).containsExactly(Kind.LOST);
    }

    @Test
    void whatAKeyHasNotComeToIsStuck() {
      assertThat(kinds(check(told(3), done(1)))).containsExactly(Kind.STUCK, Kind.STUCK);
      assertThat(kinds(check(told(1), done()))).containsExactly(Kind.STUCK);
    }

    @Test
    void theSecondEffectIsTooMuch() {
      Findings findings = check(told(2), done(1, 2, 1));

      assertThat(kinds(findings)).containsExactly(Kind.DUPLICATED);
      assertThat(findings.breaches().getFirst().toString())
          .contains("duplicated: ledger", "message 1", "again at place 3");
    }

    @Test
    void aLaterOneBeforeAnEarlierOneIsOutOfOrder() {
      assertThat(kinds(check(told(4), done(1, 3, 2, 4)))).containsExactly(Kind.OUT_OF_ORDER);
    }

    @Test
    void theOrderIsThatOfThePlacesAndNotOfTheList() {
      assertThat(check(told(2), List.of(effect(2, "a", 2), effect(1, "a", 1))).clean()).isTrue();
    }

    @Test
    void keysHaveNoOrderAmongEachOther() {
      List<Told> told = List.of(message(1, "a", 1), message(2, "b", 1), message(3, "a", 2));

      assertThat(
              check(told, List.of(effect(2, "b", 1), effect(1, "a", 1), effect(3, "a", 2))).clean())
          .isTrue();
    }

    @Test
    void withoutAKeyThereIsNoOrder() {
      List<Told> told = List.of(message(1, "", 1), message(2, "", 2));

      assertThat(check(told, List.of(effect(2, "", 1), effect(1, "", 2))).clean()).isTrue();
    }

    @Test
    void whatWasRolledBackHasNoEffect() {
      assertThat(kinds(check(told(1), List.of(effect(1, "a", 1), effect(9, "a", 2)))))
          .containsExactly(Kind.TOLD_ALTHOUGH_ROLLED_BACK);
    }

    @Test
    void countsAndFirstOnesAreTold() {
      Findings findings = check(told(9), done(1, 9, 9));

      assertThat(findings)
          .hasToString(
              "7 lost, 1 duplicated, 0 out of order, 0 stuck, 0 told although rolled back");
      assertThat(findings.first(2)).hasSize(3);
    }

    private static Findings check(List<Told> told, List<Effect> effects) {
      return MessageChecker.check(new History("ledger", told, effects));
    }

    private static List<Told> told(int count) {
      return LongStream.rangeClosed(1, count).mapToObj(n -> message(n, "a", n)).toList();
    }

    private static List<Effect> done(long... ids) {
      return LongStream.range(0, ids.length)
          .mapToObj(place -> effect(ids[(int) place], "a", place + 1))
          .toList();
    }

    private static Told message(long id, String key, long number) {
      return new Told(id, key, number, Instant.EPOCH);
    }

    private static Effect effect(long id, String key, long place) {
      return new Effect(id, key, place, Instant.EPOCH);
    }
  }

  @Nested
  class Sagas {
    @Test
    void oneThatCompletedAndOneThatWasUndoneAreClean() {
      assertThat(check(false, Map.of("reserve", 1L, "charge", 1L, "confirm", 1L), Set.of()))
          .isEmpty();
      assertThat(check(true, Map.of("reserve", 1L, "charge", 1L), Set.of("reserve", "charge")))
          .isEmpty();
      assertThat(check(true, Map.of("reserve", 1L), Set.of("reserve", "charge"))).isEmpty();
      // One that ran out of time is undone too.
      assertThat(check(false, Map.of(), Set.of("reserve"))).isEmpty();
    }

    @Test
    void aStepTwiceIsADuplicate() {
      assertThat(check(false, Map.of("reserve", 2L, "charge", 1L, "confirm", 1L), Set.of()))
          .containsExactly(Kind.DUPLICATED);
    }

    @Test
    void aStepThatACompletedOneDoesNotHaveIsLost() {
      assertThat(check(false, Map.of("reserve", 1L, "confirm", 1L), Set.of()))
          .containsExactly(Kind.LOST);
    }

    @Test
    void whatNeitherCompletesNorIsUndoneIsStuck() {
      assertThat(check(false, Map.of("reserve", 1L), Set.of())).containsExactly(Kind.STUCK);
      assertThat(check(true, Map.of("reserve", 1L, "charge", 1L), Set.of("charge")))
          .containsExactly(Kind.STUCK);
      assertThat(check(false, Map.of(), Set.of())).containsExactly(Kind.STUCK);
    }

    @Test
    void undoneAndCompletedIsWrong() {
      assertThat(
              check(false, Map.of("reserve", 1L, "charge", 1L, "confirm", 1L), Set.of("reserve")))
          .containsExactly(Kind.LOST);
    }

    @Test
    void oneThatRefusedHasNoEnd() {
      assertThat(check(true, Map.of("reserve", 1L, "charge", 1L, "confirm", 1L), Set.of()))
          .containsExactly(Kind.TOLD_ALTHOUGH_ROLLED_BACK);
    }

    @Test
    void aLaterStepWithoutTheEarlierOneIsOutOfOrder() {
      assertThat(check(true, Map.of("charge", 1L), Set.of("charge")))
          .containsExactly(Kind.OUT_OF_ORDER);
    }

    private static List<Kind> check(
        boolean mustFail, Map<String, Long> booked, Set<String> undone) {
      return kinds(
          SagaChecker.check(
              "settle", List.of(new SagaHistory("1", STEPS, mustFail, booked, undone))));
    }
  }

  private static List<Kind> kinds(Findings findings) {
    return findings.breaches().stream().map(Breach::kind).toList();
  }
}
