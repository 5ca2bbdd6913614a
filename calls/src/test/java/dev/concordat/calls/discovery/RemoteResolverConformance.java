package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.Eventually;
import dev.concordat.calls.discovery.Origin.Plague;
import dev.concordat.core.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What every resolver does that asks somebody on the network.
abstract class RemoteResolverConformance extends ResolverConformance<Origin.Remote> {
  @Test
  void whatWasLastKnownStandsWhileTheSourceIsDown() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = watch("orders");
    seen.awaitHosts("10.0.0.1");
    origin.suffer(Plague.DOWN);
    askedInVain(2);
    origin.become("orders", List.of("10.0.0.2"));
    askedInVain(2);
    assertThat(seen.times()).isEqualTo(1);
    origin.suffer(Plague.NONE);
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void sourceThatIsDownAtFirstIsAskedAgain() {
    origin.become("orders", List.of("10.0.0.1"));
    origin.suffer(Plague.DOWN);
    Seen seen = watch("orders");
    askedInVain(2);
    assertThat(seen.times()).isZero();
    origin.suffer(Plague.NONE);
    seen.awaitHosts("10.0.0.1");
  }

  @Test
  void nonsenseLeavesStandingWhatWasLastKnown() {
    origin.become("orders", List.of("10.0.0.1"));
    Seen seen = new Seen();
    open(QUICK.withAnswerBytes(100_000)).watch("orders", seen);
    seen.awaitHosts("10.0.0.1");
    for (Plague plague : origin.plagues()) {
      origin.suffer(plague);
      askedInVain(2);
      assertThat(seen.last())
          .as("%s", plague)
          .extracting(Endpoint::host)
          .containsExactly("10.0.0.1");
      assertThat(seen.times()).as("%s", plague).isEqualTo(1);
    }
    origin.suffer(Plague.NONE);
    origin.become("orders", List.of("10.0.0.2"));
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void sourceThatHangsIsGivenUpAndAskedAgain() {
    origin.become("orders", List.of("10.0.0.1"));
    origin.suffer(Plague.HANGS);
    Seen seen = new Seen();
    open(QUICK.withTimeout(Duration.ofMillis(40))).watch("orders", seen);
    askedInVain(3);
    assertThat(seen.times()).isZero();
  }

  @Test
  void runOfFailuresIsSaidOnce() {
    origin.become("orders", List.of("10.0.0.1"));
    try (Warnings warnings = new Warnings(Lookout.class)) {
      Seen seen = watch("orders");
      seen.awaitHosts("10.0.0.1");
      origin.suffer(Plague.DOWN);
      askedInVain(5);
      assertThat(warnings.count()).isEqualTo(1);
    }
  }

  @Test
  void refreshIsPromptAndHasALimit() {
    origin.become("orders", List.of("10.0.0.1"));
    Duration rest = Duration.ofMillis(100);
    Seen seen = new Seen();
    Resolver.Watch watch = open(QUICK.withRest(rest)).watch("orders", seen);
    seen.awaitHosts("10.0.0.1");
    long begun = System.nanoTime();
    long asked = origin.asked();
    int looks = 4;
    Eventually.holds(
        "asked again",
        () -> {
          watch.refresh();
          return origin.asked() >= asked + looks * answers();
        });
    // Counted may be the rest of a look that had begun, and the first after it may come at once;
    // each of the others has waited.
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThan(rest.multipliedBy(looks - 2));
  }

  @Test
  void refreshEndsThePauseAfterAFailure() {
    Duration day = Duration.ofDays(1);
    origin.suffer(Plague.DOWN);
    Seen seen = new Seen();
    LookOptions slow = QUICK.withAfterFailure(new Backoff(day, day));
    Resolver resolver = open(slow);
    Resolver.Watch watch;
    try (Warnings warnings = new Warnings(Lookout.class)) {
      watch = resolver.watch("orders", seen);
      Eventually.holds("failed", () -> warnings.count() == 1);
    }
    origin.become("orders", List.of("10.0.0.1"));
    origin.suffer(Plague.NONE);
    Eventually.holds(
        "told",
        () -> {
          watch.refresh();
          return !seen.last().isEmpty();
        });
  }

  @Test
  void closeEndsAllTrafficAndThreads() throws Exception {
    origin.become("orders", List.of("10.0.0.1"));
    origin.become("stock", List.of("10.0.0.9"));
    Set<Thread> before = clientThreads();
    Set<Thread> looking = ConcurrentHashMap.newKeySet();
    Resolver resolver = origin.open(QUICK);
    Seen seen = new Seen();
    resolver.watch(
        "orders",
        told -> {
          looking.add(Thread.currentThread());
          seen.accept(told);
        });
    resolver.watch("stock", told -> looking.add(Thread.currentThread()));
    seen.awaitHosts("10.0.0.1");
    Eventually.holds("both told", () -> looking.size() == 2);
    ((AutoCloseable) resolver).close();
    assertThat(looking).noneMatch(Thread::isAlive);
    Eventually.holds("no connections", () -> origin.connections() == 0);
    Eventually.holds("no threads", () -> before.containsAll(clientThreads()));
    long asked = origin.asked();
    origin.become("orders", List.of("10.0.0.2"));
    Seen other = watch("orders");
    other.awaitHosts("10.0.0.2");
    assertThat(seen.times()).isEqualTo(1);
    assertThat(origin.asked()).isGreaterThan(asked);
  }

  /// How many questions one look asks, answered or not.
  long questions() {
    return 1;
  }

  /// How many questions one look asks that is answered.
  long answers() {
    return questions();
  }

  /// Those of the JDK's HTTP clients.
  private static Set<Thread> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("HttpClient-"))
        .collect(Collectors.toSet());
  }

  private void askedInVain(int times) {
    long asked = origin.asked();
    Eventually.holds("asked in vain", () -> origin.asked() >= asked + times * questions());
  }
}
