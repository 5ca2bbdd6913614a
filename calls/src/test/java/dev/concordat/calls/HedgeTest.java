package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.record.Attempt;
import dev.concordat.calls.record.Trail;
import dev.concordat.calls.retry.Retries;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.ManualClock;
import dev.concordat.core.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two instances that share one behaviour: what the first one asked does, and what the second.
class HedgeTest {
  private final Probes probes = new Probes();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger stopped = new AtomicInteger();
  private final CountDownLatch secondCame = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<CallServer> servers =
      List.of(Pair.server(probes, o -> o), Pair.server(probes, o -> o));
  private final Background threads = new Background("test");
  private Calls calls = open(Clock.SYSTEM, Retries.DEFAULT, servers);

  @AfterEach
  void stop() {
    goOn.countDown();
    threads.close();
    calls.close();
    servers.forEach(CallServer::close);
  }

  @Test
  void slowInstanceLosesAgainstAnotherOneAndIsStopped() {
    answers(this::forever, () -> said("second"));
    assertThat(client().glance(request()).getText()).isEqualTo("second");
    Eventually.holds("the loser is stopped where it works", () -> stopped.get() == 1);
    assertThat(latest().outcome()).isEqualTo("OK");
    assertThat(latest().attempts()).extracting(Attempt::hedge).containsExactly(false, true);
    assertThat(latest().attempts()).extracting(Attempt::endpoint).doesNotHaveDuplicates();
    assertThat(latest().attempts()).extracting(Attempt::outcome).containsExactly("CANCELLED", "OK");
  }

  @Test
  void hedgeMattersLessAndSaysThatItIsOne() {
    List<Context> contexts = new ArrayList<>();
    answers(
        this::forever,
        () -> {
          contexts.add(Context.current());
          return said("second");
        });
    client().glance(request());
    assertThat(contexts).extracting(c -> c.priority().name()).containsExactly("LOW");
    assertThat(contexts).extracting(Context::hedged).containsExactly(true);
  }

  @Test
  void callThatIsAnsweredInTimeIsSentOnce() {
    answers(() -> said("first"), () -> said("second"));
    again(new ManualClock(), Retries.DEFAULT, servers);
    assertThat(client().glance(request()).getText()).isEqualTo("first");
    assertThat(latest().attempts()).hasSize(1);
  }

  @Test
  void failureThatTryingAgainWouldNotMendEndsTheRace() {
    answers(
        this::forever,
        () -> {
          throw Failure.notFound("not here, not there");
        });
    assertCode(Code.NOT_FOUND, () -> client().glance(request()));
    Eventually.holds("the loser is stopped", () -> stopped.get() == 1);
  }

  @Test
  void failureOfTheHedgeThatMayPassLeavesTheFirstToAnswer() {
    answers(
        () -> {
          await(goOn);
          return said("first");
        },
        () -> {
          goOn.countDown();
          throw Failure.of(Code.UNAVAILABLE, "not now");
        });
    assertThat(client().glance(request()).getText()).isEqualTo("first");
    assertThat(asked).hasValue(2);
  }

  @Test
  void failureOfTheFirstThatMayPassLeavesTheHedgeToAnswer() {
    answers(
        () -> {
          await(secondCame);
          goOn.countDown();
          throw Failure.of(Code.UNAVAILABLE, "not now");
        },
        () -> {
          await(goOn);
          return said("second");
        });
    assertThat(client().glance(request()).getText()).isEqualTo("second");
    assertThat(asked).hasValue(2);
  }

  @Test
  void hedgesCountAsAttempts() {
    answers(
        () -> {
          await(secondCame);
          throw Failure.of(Code.UNAVAILABLE, "not now");
        },
        () -> {
          throw Failure.of(Code.UNAVAILABLE, "not now");
        });
    assertCode(Code.UNAVAILABLE, () -> client().glance(request()));
    assertThat(asked.get()).isEqualTo(3);
  }

  @Test
  void hedgesAndRetriesShareOneBudget() {
    ManualClock clock = new ManualClock();
    again(clock, Retries.DEFAULT.withBudget(0, 1), servers);
    answers(this::forever, () -> said("second"));
    threads.start("waker", () -> wake(clock));
    assertThat(client().glance(request()).getText()).isEqualTo("second");
    probes.onLook =
        request -> {
          throw Failure.of(Code.UNAVAILABLE, "not now");
        };
    assertThatThrownBy(() -> client().look(request()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.details().decidedBy()).isEqualTo("retry-budget"));
    assertThat(latest().attempts()).hasSize(1);
  }

  @Test
  void streamIsHedgedUntilItsFirstMessage() {
    answers(this::forever, () -> said("second"));
    List<Long> numbers = new ArrayList<>();
    try (Source<CountResponse> all =
        client().leaf(CountRequest.newBuilder().setUntil(100).build())) {
      all.forEach(one -> numbers.add(one.getNumber()));
    }
    assertThat(numbers).hasSize(100).isSorted().doesNotHaveDuplicates();
    Eventually.holds("the loser is stopped", () -> stopped.get() == 1);
  }

  @Test
  void loneInstanceIsNotAskedTwice() {
    answers(() -> said("first"), () -> said("second"));
    again(Clock.SYSTEM, Retries.DEFAULT, servers.subList(0, 1));
    client().glance(request());
    assertThat(latest().attempts()).hasSize(1);
  }

  @Test
  void nobodyHedgesBelowAHedge() {
    answers(() -> said("first"), () -> said("second"));
    Context.current().withHedged(true).run(() -> client().glance(request()));
    assertThat(latest().attempts()).hasSize(1);
  }

  @Test
  void fourHopsAboveASlowAndFailingLeafAddOneFifthOfLoadAtMost() {
    int calls = 200;
    try (Hops hops =
        Hops.hedged(4, options -> options.withRetries(Retries.DEFAULT.withBudget(0.2, 0)))) {
      hops.leaf.onLook =
          request -> {
            try {
              boolean _ = new CountDownLatch(1).await(40, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            throw Failure.of(Code.UNAVAILABLE, "the leaf is down");
          };
      List<Integer> all = IntStream.range(0, calls).boxed().toList();
      Fanout.each(
          all,
          one -> {
            assertCode(Code.UNAVAILABLE, () -> hops.first.glance(hops.request()));
            return one;
          });
      assertThat(hops.leaf.looks.get())
          .as("calls of the leaf")
          .isBetween((long) calls + 1, (long) (calls * 1.2));
    }
  }

  @Test
  void callerThatLeavesStopsBoth() {
    answers(this::forever, this::forever);
    Thread caller =
        threads.start("caller", () -> assertCode(Code.CANCELLED, () -> client().glance(request())));
    await(secondCame);
    caller.interrupt();
    Eventually.holds("both are stopped", () -> stopped.get() == 2);
  }

  private void answers(Supplier<LookResponse> first, Supplier<LookResponse> second) {
    probes.onLook =
        request -> {
          if (asked.incrementAndGet() == 1) {
            return first.get();
          }
          secondCame.countDown();
          return second.get();
        };
  }

  private LookResponse forever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      stopped.incrementAndGet();
      Thread.currentThread().interrupt();
    }
    throw Failure.of(Code.CANCELLED, "stopped");
  }

  private static void wake(ManualClock clock) {
    try {
      clock.awaitSleepers(1);
      clock.advance(Duration.ofMillis(20));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "stopped", e);
    }
  }

  private void again(Clock clock, Retries retries, List<CallServer> servers) {
    calls.close();
    calls = open(clock, retries, servers);
  }

  private static Calls open(Clock clock, Retries retries, List<CallServer> servers) {
    Endpoint[] endpoints =
        servers.stream()
            .map(server -> Endpoint.of("127.0.0.1", server.port()))
            .toArray(Endpoint[]::new);
    return Calls.open(
        CallsOptions.of("tester", StaticResolver.of("probe", endpoints))
            .withClock(clock)
            .withRetries(retries));
  }

  private ProbeClient client() {
    return calls.client(ProbeClient.FACTORY);
  }

  private Trail latest() {
    return calls.records().list(trail -> true, 1).getFirst();
  }

  private static LookRequest request() {
    return LookRequest.getDefaultInstance();
  }

  private static LookResponse said(String text) {
    return LookResponse.newBuilder().setText(text).build();
  }

  private static void assertCode(Code code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
