package dev.concordat.calls.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.protect.Breaking;
import dev.concordat.calls.wire.Health;
import dev.concordat.core.ManualClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Virtual time and seeded random numbers: every run is the same.
class BalancerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void nobodyIsKnown() {
    assertThat(balancer(Balancing.DEFAULT, new ManualClock()).pick()).isEmpty();
  }

  @Nested
  class OneOfTen {
    private final Fleet fleet = Fleet.of(1, 10);

    @Test
    void thatIsTwentyTimesSlowerHardlyShowsInThePercentiles() {
      fleet.run(1_000, MINUTE);
      long before = fleet.percentile(0.99);
      Fleet slow = Fleet.of(1, 10);
      slow.servers.get(3).slowness = 20;
      slow.run(1_000, MINUTE);
      assertThat(slow.percentile(0.99)).isLessThan(before * 13 / 10);
      assertThat(slow.servers.get(3).asked).isLessThan(100);
    }

    @Test
    void thatBecomesFastAgainGetsItsShareAgain() {
      fleet.servers.get(3).slowness = 20;
      fleet.run(1_000, MINUTE);
      fleet.servers.get(3).slowness = 1;
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.run(1_000, MINUTE);
      assertThat(fleet.servers.get(3).asked).isBetween(5_000, 7_000);
    }

    @Test
    void thatNeverAnswersIsFoundThoughItGivesNoLatency() {
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.servers.get(3).blackHole = true;
      fleet.run(1_000, Duration.ofSeconds(30));
      assertThat(fleet.failures).isLessThanOrEqualTo(10);
    }

    @Test
    void thatFailsFastDoesNotAttractCalls() {
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.servers.get(3).failing = 1;
      fleet.run(1_000, Duration.ofSeconds(30));
      assertThat(fleet.failures).isLessThanOrEqualTo(10);
    }

    @Test
    void thatFailsNowAndThenGetsFewerCalls() {
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.servers.get(3).failing = 0.2;
      fleet.run(1_000, MINUTE);
      assertThat(fleet.servers.get(3).asked).isLessThan(5_000);
    }

    @Test
    void thatIsDeadCostsOneAttemptEachTimeItIsTried() {
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.servers.get(3).dead = true;
      fleet.run(1_000, MINUTE);
      assertThat(fleet.failures).isLessThanOrEqualTo(25);
      fleet.servers.get(3).dead = false;
      fleet.run(1_000, Duration.ofSeconds(30));
      fleet.reset();
      fleet.run(1_000, MINUTE);
      assertThat(fleet.servers.get(3).asked).isBetween(5_000, 7_000);
    }

    @Test
    void thatJoinsStartsSlowly() {
      fleet.run(1_000, MINUTE);
      fleet.servers.add(fleet.new Server(Endpoint.of("10.0.0.11", 80)));
      fleet.announce();
      fleet.reset();
      fleet.run(1_000, Duration.ofSeconds(1));
      // A full share of 11 would be 91.
      assertThat(fleet.servers.get(10).asked).isBetween(1, 40);
      assertThat(fleet.instance(10).standing().state()).isEqualTo(Standing.State.SLOW_START);
      fleet.run(1_000, Duration.ofSeconds(10));
      fleet.reset();
      fleet.run(1_000, Duration.ofSeconds(10));
      assertThat(fleet.servers.get(10).asked).isBetween(700, 1_200);
      assertThat(fleet.instance(10).standing().state()).isEqualTo(Standing.State.READY);
    }

    @Test
    void thatLeavesIsAskedNoMore() {
      Fleet.Server leaving = fleet.servers.removeLast();
      fleet.announce();
      fleet.run(1_000, Duration.ofSeconds(1));
      assertThat(leaving.asked).isZero();
    }

    @Test
    void atWorstEqualsTheOthersInLoad() {
      fleet.run(2_800, MINUTE);
      for (Fleet.Server server : fleet.servers) {
        assertThat(server.asked).isBetween(14_000, 20_000);
      }
    }
  }

  @Nested
  class WhenAllFail {
    private final Fleet fleet = Fleet.of(7, 10);

    @Test
    void nobodyIsAnOutlier() {
      fleet.run(1_000, Duration.ofSeconds(30));
      fleet.servers.forEach(server -> server.failing = 1);
      fleet.run(1_000, Duration.ofSeconds(30));
      assertThat(states(fleet)).doesNotContainKey(Standing.State.EJECTED);
      assertThat(fleet.balancer.candidates()).isEqualTo(10);
    }

    @Test
    void calmReturnsByItself() {
      fleet.servers.forEach(server -> server.failing = 1);
      fleet.run(1_000, MINUTE);
      fleet.servers.forEach(server -> server.failing = 0);
      fleet.run(1_000, MINUTE);
      fleet.reset();
      fleet.run(1_000, MINUTE);
      assertThat(fleet.failures).isZero();
      for (Fleet.Server server : fleet.servers) {
        assertThat(server.asked).isBetween(4_500, 7_500);
      }
    }
  }

  @Nested
  class Told {
    private final ManualClock clock = new ManualClock();
    private final Balancer<String> balancer = balancer(Balancing.DEFAULT, clock);

    @Test
    void whoSaysThatItTakesNoCallsGetsNone() {
      become(balancer, endpoint("a"), endpoint("b"));
      balancer.instances().getFirst().told(Health.NOT_SERVING);
      assertThat(shares(balancer, 100)).containsOnlyKeys("b");
      balancer.instances().getFirst().told(Health.SERVING);
      clock.advance(Duration.ofSeconds(20));
      assertThat(shares(balancer, 1_000).getOrDefault("a", 0)).isGreaterThan(300);
    }

    @Test
    void whoIsNotConnectedToYetIsAskedOnlyWhenThereIsNobodyElse() {
      become(balancer, endpoint("a"), endpoint("b"));
      Instance<String> joining = balancer.instances().getFirst();
      joining.awaited();
      assertThat(shares(balancer, 100)).containsOnlyKeys("b");
      balancer.instances().getLast().told(Health.UNREACHABLE);
      assertThat(shares(balancer, 100)).containsOnlyKeys("a");
    }

    @Test
    void whoIsLookedAfterComesBackWhenToldAndNotByItself() {
      become(balancer, endpoint("a"), endpoint("b"));
      Instance<String> dead = balancer.instances().getFirst();
      dead.tended(true);
      dead.begin(false).end(Outcome.UNREACHABLE);
      clock.advance(Duration.ofHours(1));
      assertThat(shares(balancer, 100)).containsOnlyKeys("b");
      dead.told(Health.SERVING);
      assertThat(shares(balancer, 1_000)).containsKey("a");
    }

    @Test
    void aLookIsTakenLessAndLessOften() {
      become(balancer, endpoint("a"), endpoint("b"));
      Instance<String> dead = balancer.instances().getFirst();
      assertThat(dead.nextLook()).isEmpty();
      for (long millis : new long[] {500, 1_000, 2_000, 4_000, 4_000}) {
        dead.told(Health.UNREACHABLE);
        assertThat(dead.nextLook()).contains(Duration.ofMillis(millis));
        clock.advance(Duration.ofMillis(millis));
      }
    }

    @Test
    void whenNobodyIsThereEverybodyIsTried() {
      become(balancer, endpoint("a"), endpoint("b"));
      balancer.instances().forEach(instance -> instance.told(Health.UNREACHABLE));
      assertThat(shares(balancer, 1_000)).containsOnlyKeys("a", "b");
    }
  }

  @Nested
  class Zones {
    private final ManualClock clock = new ManualClock();
    private final Balancer<String> balancer = balancer(Balancing.DEFAULT.withZone("here"), clock);

    @Test
    void nearIsPreferredWhileItBearsTheLoad() {
      become(balancer, near("a"), near("b"), near("c"), near("d"), far("e"), far("f"));
      assertThat(shares(balancer, 1_000)).containsOnlyKeys("a", "b", "c", "d");
      balancer.instances().getFirst().told(Health.NOT_SERVING);
      // 3 of 4 do well: 75 % and 40 % headroom is more than all.
      assertThat(shares(balancer, 1_000)).containsOnlyKeys("b", "c", "d");
    }

    @Test
    void whatItCannotBearGoesFurther() {
      become(balancer, near("a"), near("b"), near("c"), near("d"), far("e"), far("f"));
      balancer.instances().subList(0, 2).forEach(one -> one.told(Health.NOT_SERVING));
      // 2 of 4 with 40 % headroom bear 70 %.
      Map<String, Integer> shares = shares(balancer, 10_000);
      assertThat(shares.getOrDefault("c", 0) + shares.getOrDefault("d", 0)).isBetween(6_800, 7_200);
      assertThat(shares.getOrDefault("e", 0) + shares.getOrDefault("f", 0)).isBetween(2_800, 3_200);
    }

    @Test
    void aZoneThatIsGoneIsReplacedByTheOthers() {
      become(balancer, near("a"), far("e"), far("f"));
      balancer.instances().getFirst().told(Health.UNREACHABLE);
      assertThat(shares(balancer, 1_000)).containsOnlyKeys("e", "f");
    }

    @Test
    void lowerPriorityNumbersGoFirst() {
      become(balancer, ranked("a", 10), ranked("b", 20));
      assertThat(shares(balancer, 100)).containsOnlyKeys("a");
      balancer.instances().getFirst().told(Health.UNREACHABLE);
      assertThat(shares(balancer, 100)).containsOnlyKeys("b");
    }

    private Endpoint ranked(String host, int priority) {
      return new Endpoint(
          host, 80, Map.of(Endpoint.ZONE, "here", Endpoint.PRIORITY, Integer.toString(priority)));
    }

    private Endpoint near(String host) {
      return new Endpoint(host, 80, Map.of(Endpoint.ZONE, "here"));
    }

    private Endpoint far(String host) {
      return new Endpoint(host, 80, Map.of(Endpoint.ZONE, "there"));
    }
  }

  @Nested
  class Picks {
    private final ManualClock clock = new ManualClock();
    private final Balancer<String> balancer = balancer(Balancing.DEFAULT, clock);

    @Test
    void weightsAreKept() {
      become(balancer, weighing("a", 1), weighing("b", 2), weighing("c", 3), weighing("d", 4));
      Map<String, Integer> idle = shares(balancer, 10_000);
      assertThat(idle.getOrDefault("a", 0)).isBetween(800, 1_200);
      assertThat(idle.getOrDefault("d", 0)).isBetween(3_800, 4_200);
      for (int i = 0; i < 1_000; i++) {
        balancer.pick().orElseThrow().begin(false);
      }
      List<Instance<String>> all = balancer.instances();
      assertThat(all.getFirst().standing().outstanding()).isBetween(90, 110);
      assertThat(all.getLast().standing().outstanding()).isBetween(390, 410);
    }

    @Test
    void whoWasTriedIsNotAskedAgainWhileThereIsAnother() {
      become(balancer, endpoint("a"), endpoint("b"), endpoint("c"));
      for (int i = 0; i < 100; i++) {
        var picked = balancer.pick(false, one -> !one.connection().equals("b")).orElseThrow();
        assertThat(picked.connection()).isEqualTo("b");
      }
      assertThat(balancer.pick(false, one -> true)).isPresent();
    }

    @Test
    void callThatStillWaitsCountsWithItsAge() {
      become(balancer, endpoint("a"), endpoint("b"));
      Instance<String> silent = balancer.instances().getFirst();
      Instance<String> busy = balancer.instances().getLast();
      answer(silent, Duration.ofMillis(10), Outcome.ANSWERED);
      answer(busy, Duration.ofMillis(10), Outcome.ANSWERED);
      silent.begin(false);
      clock.advance(Duration.ofMillis(100));
      IntStream.range(0, 10).forEach(i -> busy.begin(false));
      assertThat(shares(balancer, 100)).containsOnlyKeys("b");
    }

    @Test
    void streamsAreSpreadAndSayNothingAboutLatency() {
      become(balancer, endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"));
      for (int i = 0; i < 40; i++) {
        balancer.pick(true, one -> false).orElseThrow().begin(true);
        clock.advance(Duration.ofMinutes(1));
      }
      for (Instance<String> instance : balancer.instances()) {
        assertThat(instance.standing().streams()).isBetween(8, 12);
        assertThat(instance.standing().outstanding()).isZero();
        assertThat(instance.standing().latency()).isZero();
      }
    }

    @Test
    void streamThatEndsByItsDeadlineIsNoFailure() {
      become(balancer, endpoint("a"), endpoint("b"));
      Instance<String> watched = balancer.instances().getFirst();
      for (int i = 0; i < 10; i++) {
        Visit visit = watched.begin(true);
        clock.advance(Duration.ofSeconds(30));
        visit.end(Outcome.LATE);
      }
      assertThat(watched.standing().state()).isEqualTo(Standing.State.READY);
    }

    @Test
    void callerInAHurryProvesNothing() {
      become(balancer, endpoint("a"), endpoint("b"));
      for (Instance<String> instance : balancer.instances()) {
        answer(instance, Duration.ofMillis(100), Outcome.ANSWERED);
      }
      Instance<String> hurried = balancer.instances().getFirst();
      for (int i = 0; i < 10; i++) {
        answer(hurried, Duration.ofMillis(20), Outcome.LATE);
      }
      assertThat(hurried.standing().state()).isEqualTo(Standing.State.READY);
      for (int i = 0; i < 5; i++) {
        answer(hurried, Duration.ofMillis(300), Outcome.LATE);
      }
      assertThat(hurried.standing().state()).isEqualTo(Standing.State.EJECTED);
    }

    private void answer(Instance<String> instance, Duration after, Outcome outcome) {
      Visit visit = instance.begin(false);
      clock.advance(after);
      visit.end(outcome);
    }

    private Endpoint weighing(String host, int weight) {
      return new Endpoint(host, 80, Map.of(Endpoint.WEIGHT, Integer.toString(weight)));
    }
  }

  @Test
  void whoIsBackFromEjectionProvesItselfOneCallAtATime() {
    ManualClock clock = new ManualClock();
    Balancer<String> balancer = balancer(Balancing.DEFAULT, clock);
    become(balancer, endpoint("a"), endpoint("b"));
    Instance<String> ejected = balancer.instances().getFirst();
    IntStream.range(0, 5).forEach(i -> ejected.begin(false).end(Outcome.FAILED));
    assertThat(shares(balancer, 100)).containsOnlyKeys("b");
    clock.advance(Duration.ofSeconds(5));
    assertThat(ejected.standing().state()).isEqualTo(Standing.State.TRIAL);
    Visit trial = ejected.begin(false);
    // However busy the others are.
    IntStream.range(0, 10).forEach(i -> balancer.instances().getLast().begin(false));
    assertThat(shares(balancer, 100)).containsOnlyKeys("b");
    trial.end(Outcome.ANSWERED);
    IntStream.range(0, 2).forEach(i -> ejected.begin(false).end(Outcome.ANSWERED));
    assertThat(ejected.standing().state()).isEqualTo(Standing.State.SLOW_START);
  }

  @Test
  void noMoreThanHalfAreLeftAlone() {
    Balancer<String> balancer = balancer(Balancing.DEFAULT, new ManualClock());
    become(balancer, endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"), endpoint("e"));
    for (Instance<String> failing : balancer.instances()) {
      IntStream.range(0, 5).forEach(i -> failing.begin(false).end(Outcome.FAILED));
    }
    assertThat(shares(balancer, 1_000)).hasSize(3);
  }

  @Test
  void tooFewThatAreLeftBringBackThoseThatFailed() {
    ManualClock clock = new ManualClock();
    Balancer<String> balancer = balancer(Balancing.DEFAULT, clock);
    become(balancer, endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d"));
    List<Instance<String>> all = balancer.instances();
    for (Instance<String> failing : all.subList(0, 2)) {
      IntStream.range(0, 5).forEach(i -> failing.begin(false).end(Outcome.FAILED));
    }
    assertThat(shares(balancer, 1_000)).containsOnlyKeys("c", "d");
    all.get(3).told(Health.UNREACHABLE);
    // One of three that are there: better ask all three than drown the one.
    assertThat(shares(balancer, 1_000)).containsOnlyKeys("a", "b", "c");
    assertThat(balancer.panic()).isTrue();
  }

  private static Map<Standing.State, Integer> states(Fleet fleet) {
    Map<Standing.State, Integer> states = new HashMap<>();
    fleet
        .balancer
        .instances()
        .forEach(instance -> states.merge(instance.standing().state(), 1, Integer::sum));
    return states;
  }

  private static Balancer<String> balancer(Balancing balancing, ManualClock clock) {
    return new Balancer<>(balancing, Breaking.DEFAULT, clock, new Random(42));
  }

  private static void become(Balancer<String> balancer, Endpoint... endpoints) {
    balancer.become(Arrays.asList(endpoints), Endpoint::host);
  }

  private static Endpoint endpoint(String host) {
    return Endpoint.of(host, 80);
  }

  private static Map<String, Integer> shares(Balancer<String> balancer, int picks) {
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < picks; i++) {
      shares.merge(balancer.pick().orElseThrow().connection(), 1, Integer::sum);
    }
    return shares;
  }
}
