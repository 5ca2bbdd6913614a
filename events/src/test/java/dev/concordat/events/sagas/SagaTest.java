package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Backoff;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.TraceContext;
import dev.concordat.events.Await;
import dev.concordat.events.Dead;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaOutcome.Failed;
import dev.concordat.events.sagas.SagaOutcome.Running;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SagaTest {
  private static final Parcel NONE = Parcel.getDefaultInstance();
  private final Failure declined =
      Failure.of(Code.FAILED_PRECONDITION, "the card was declined")
          .with(Failure.Details.NONE.withReason("CARD_DECLINED"));

  private final Depot depot = new Depot();
  private final Partners partners = new Partners();
  private final Events<DepotOwner> events = depot.process();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void stepsRunInOrderAndTheOutcomeIsReturned() {
    var type = checkout(events);
    events.start();

    assertThat(start(type, "o1")).isTrue();
    assertThat(await(type, "o1")).isEqualTo(new Completed<>(parcel("o1 confirmed")));
    assertThat(partners.log()).containsExactly("reserve", "ask saga/checkout/o1/charge", "charge");
    assertThat(depot.number("select count(*) from concordat.saga_step")).isEqualTo(3);
  }

  @Test
  void aFailureRunsTheUndosInReverse() {
    partners.declines = Optional.of(declined);
    var type = checkout(events);
    events.start();
    start(type, "o1");

    assertThat(await(type, "o1"))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.failure().code()).isEqualTo(Code.FAILED_PRECONDITION);
              assertThat(failed.failure().message()).isEqualTo("the card was declined");
              assertThat(failed.failure().details().reason()).isEqualTo("CARD_DECLINED");
            });
    assertThat(partners.log())
        .containsExactly("reserve", "ask saga/checkout/o1/charge", "refund", "release");
    assertThat(partners.reserved("o1")).isZero();
  }

  @Test
  void anErrorOfAStepIsAFailureToo() {
    SagaType<Parcel, Parcel> type =
        events
            .sagas()
            .define(
                "hungry",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("release", () -> partners.release(input.getText()));
                  saga.step("reserve", () -> partners.reserve(input.getText()));
                  saga.step(
                      "eat",
                      () -> {
                        throw new OutOfMemoryError("of its own making");
                      });
                  return NONE;
                });
    events.start();
    start(type, "o1");

    assertThat(code(await(type, "o1"))).isEqualTo(Code.INTERNAL);
    assertThat(partners.log()).containsExactly("reserve", "release");
    assertThat(partners.reserved("o1")).isZero();
  }

  @Test
  void startingTwiceIsStartingOnce() {
    var type = checkout(events);
    events.start();

    assertThat(start(type, "o1")).isTrue();
    assertThat(start(type, "o1")).isFalse();
    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
    assertThat(start(type, "o1")).isFalse();
  }

  @Test
  void rolledBackMeansNeverStarted() {
    var type = checkout(events);
    events.start();
    try (var tx = events.begin()) {
      assertThat(type.start(tx, "o1", parcel("o1"))).isTrue();
    }

    assertThat(type.look("o1")).isEmpty();
    assertThatThrownBy(() -> await(type, "o1"))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void anIdThatCannotBeAKeyIsRefused() {
    var type = checkout(events);
    try (var tx = events.begin()) {
      assertThatThrownBy(() -> type.start(tx, "two words", NONE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void waitingEndsAtTheDeadlineAndTheSagaGoesOn() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    var type =
        events
            .sagas()
            .define(
                "slow",
                NONE,
                NONE,
                (saga, input) ->
                    saga.step(
                        "wait",
                        NONE,
                        () -> {
                          goOn.await();
                          return input;
                        }));
    events.start();
    start(type, "o1");

    assertThat(type.await("o1", Deadline.after(Duration.ofMillis(30), Clock.SYSTEM)))
        .isEqualTo(new Running<>(false));
    goOn.countDown();
    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
  }

  @Test
  void aSagaOutlivesItsCallerAndStaysInItsTrace() {
    List<Context> contexts = new CopyOnWriteArrayList<>();
    var type =
        events
            .sagas()
            .define(
                "context",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.step("look", () -> contexts.add(Context.current()));
                  return input;
                });
    events.start();
    TraceContext trace = TraceContext.begin(new Random(1));
    Cancellation caller = Cancellation.create();
    Context.root()
        .withTrace(trace)
        .withIdempotencyKey("the caller's")
        .withCancellation(caller)
        .withDeadline(Deadline.after(Duration.ofSeconds(20), Clock.SYSTEM))
        .run(() -> start(type, "o1"));
    caller.cancel(Failure.of(Code.CANCELLED, "gone"));

    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
    Context context = contexts.getFirst();
    assertThat(context.trace().orElseThrow().traceId()).isEqualTo(trace.traceId());
    assertThat(context.keyScope().orElseThrow().name()).isEqualTo("saga/context/o1/look");
    assertThat(context.deadline().orElseThrow().remaining())
        .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
    assertThat(depot.observer.activities())
        .extracting(activity -> activity.kind() + " " + activity.name())
        .containsExactly("INTERNAL saga context", "INTERNAL step context/look");
  }

  @Test
  void whatMayPassIsTriedAgainWithinTheBudget() {
    AtomicInteger tries = new AtomicInteger();
    var type =
        events
            .sagas()
            .define(
                "flaky",
                NONE,
                NONE,
                (saga, input) ->
                    saga.step(
                        "ask",
                        NONE,
                        () -> {
                          if (tries.incrementAndGet() < 3) {
                            throw Failure.of(Code.UNAVAILABLE, "not now");
                          }
                          return input;
                        }));
    events.start();
    start(type, "o1");

    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
    assertThat(tries).hasValue(3);
  }

  @Test
  void aStepThatTakesLongerThanItsBudgetFails() {
    var type =
        events
            .sagas()
            .define(
                "stalling",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("refund", () -> partners.refund("o1"));
                  return saga.within(Duration.ofMillis(50))
                      .step(
                          "charge",
                          NONE,
                          () -> {
                            Deadline budget = Context.current().deadline().orElseThrow();
                            Clock.SYSTEM.sleep(budget.remaining().plusMillis(1));
                            Context.current().check();
                            return input;
                          });
                });
    events.start();
    start(type, "o1");

    assertThat(code(await(type, "o1"))).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(partners.log()).containsExactly("refund");
  }

  @Test
  void anUndoIsTriedUntilItWorks() {
    AtomicInteger tries = new AtomicInteger();
    List<String> keys = new CopyOnWriteArrayList<>();
    var options =
        SagaOptions.DEFAULT.withUndoBackoff(
            new Backoff(Duration.ofMillis(2), Duration.ofMillis(10)));
    var type =
        events
            .sagas()
            .define(
                "stubborn",
                options,
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("first", () -> partners.release("o1"));
                  saga.undo(
                      "second",
                      () -> {
                        keys.add(Context.current().keyScope().orElseThrow().next("m"));
                        if (tries.incrementAndGet() < 6) {
                          throw Failure.of(Code.UNAVAILABLE, "not now");
                        }
                      });
                  throw declined;
                });
    events.start();
    start(type, "o1");

    assertThat(code(await(type, "o1"))).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(tries).hasValue(6);
    assertThat(keys).containsOnly("saga/stubborn/o1/undo/second/m/1");
    assertThat(partners.log()).containsExactly("release");
  }

  @Test
  void aFailureThatTheCodeCatchesIsNoEnd() {
    var type =
        events
            .sagas()
            .define(
                "lenient",
                NONE,
                NONE,
                (saga, input) -> {
                  try {
                    saga.step(
                        "optional",
                        () -> {
                          throw declined;
                        });
                  } catch (Failure e) {
                    return saga.step("instead", NONE, () -> parcel(e.details().reason()));
                  }
                  return input;
                });
    events.start();
    start(type, "o1");

    assertThat(await(type, "o1")).isEqualTo(new Completed<>(parcel("CARD_DECLINED")));
  }

  @Test
  void aDefectInTheCodeIsUndoneToo() {
    var type =
        events
            .sagas()
            .define(
                "defect",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("release", () -> partners.release("o1"));
                  throw new IllegalStateException("a defect");
                });
    events.start();
    start(type, "o1");

    assertThat(code(await(type, "o1"))).isEqualTo(Code.INTERNAL);
    assertThat(partners.log()).containsExactly("release");
  }

  @Test
  void aTransactedStepAlsoEnqueues() {
    events.work(Pick.class, (task, lease) -> partners.log().add("pick " + task.getNumber()));
    var type =
        events
            .sagas()
            .define(
                "picking",
                NONE,
                NONE,
                (saga, input) ->
                    saga.conclude(
                        "ask",
                        tx -> {
                          tx.enqueue(Pick.newBuilder().setNumber(4).build());
                          return input;
                        }));
    events.start();
    start(type, "o1");

    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
    Await.until("picked", () -> partners.log().contains("pick 4"));
  }

  @Test
  void aSagaThatRunsOutOfItsTimeIsUndone() {
    var options = SagaOptions.DEFAULT.withTimeout(Duration.ofMillis(40));
    var type =
        events
            .sagas()
            .define(
                "late",
                options,
                NONE,
                NONE,
                (saga, input) -> {
                  saga.undo("release", () -> partners.release("o1"));
                  saga.step("slow", () -> Clock.SYSTEM.sleep(Duration.ofMillis(60)));
                  saga.step("never", () -> partners.charge("o1"));
                  return input;
                });
    events.start();
    start(type, "o1");

    var outcome = await(type, "o1");
    assertThat(code(outcome)).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(partners.log()).containsExactly("release");
  }

  @Test
  void changedCodeIsNoticedAndTheSagaWaitsForAPerson() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    var old =
        events
            .sagas()
            .define(
                "changing",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.step("first", () -> partners.reserve("o1"));
                  saga.step(
                      "second",
                      () -> {
                        inside.countDown();
                        never.await();
                      });
                  return input;
                });
    events.start();
    start(old, "o1");
    inside.await();
    events.stop(Duration.ZERO);

    var changed = depot.process();
    var type =
        changed
            .sagas()
            .define(
                "changing",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.step("second", () -> {});
                  saga.step("first", () -> {});
                  return input;
                });
    changed.start();
    Await.until("stuck", () -> !changed.sagas().stuck().isEmpty());
    assertThat(changed.sagas().stuck().getFirst().because()).contains("\"second\"", "\"first\"");
    assertThat(type.look("o1")).contains(new Running<>(false));
    changed.stop(Duration.ZERO);

    var mended = depot.process();
    var again =
        mended
            .sagas()
            .define(
                "changing",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.step("first", () -> partners.reserve("o1"));
                  saga.step("second", () -> {});
                  return input;
                });
    mended.start();
    assertThat(mended.sagas().retry("changing", "o1")).isTrue();
    assertThat(await(again, "o1")).isInstanceOf(Completed.class);
    assertThat(partners.log()).containsExactly("reserve");
  }

  @Test
  void aStepIsTriedAgainAsItsPolicySays() {
    AtomicInteger tries = new AtomicInteger();
    AtomicInteger dead = new AtomicInteger();
    var quick =
        StepRetry.DEFAULT
            .withAttempts(3)
            .withBackoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
            .withCodes(Set.of(Code.INTERNAL));
    var type =
        events
            .sagas()
            .define(
                "policy",
                NONE,
                NONE,
                (saga, input) -> {
                  try {
                    saga.retrying(quick)
                        .step(
                            "dead",
                            () -> {
                              dead.incrementAndGet();
                              throw Dead.because("the card is unknown");
                            });
                  } catch (Failure e) {
                    assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION);
                  }
                  saga.retrying(quick)
                      .step(
                          "failing",
                          () -> {
                            tries.incrementAndGet();
                            throw Failure.of(Code.INTERNAL, "broken");
                          });
                  return input;
                });
    events.start();
    start(type, "o1");

    assertThat(code(await(type, "o1"))).isEqualTo(Code.INTERNAL);
    assertThat(tries).hasValue(3);
    assertThat(dead).hasValue(1);
  }

  @Test
  void oneTryOfAStepMayBeShorterThanTheStep() {
    List<Boolean> inTime = new CopyOnWriteArrayList<>();
    var shortTries = StepRetry.DEFAULT.withAttemptTimeout(Duration.ofMillis(500));
    var type =
        events
            .sagas()
            .define(
                "short tries",
                NONE,
                NONE,
                (saga, input) -> {
                  saga.within(Duration.ofMinutes(1))
                      .retrying(shortTries)
                      .step(
                          "step",
                          () ->
                              inTime.add(
                                  Context.current()
                                          .deadline()
                                          .orElseThrow()
                                          .remaining()
                                          .compareTo(Duration.ofMillis(500))
                                      <= 0));
                  return input;
                });
    events.start();
    start(type, "o1");

    assertThat(await(type, "o1")).isInstanceOf(Completed.class);
    assertThat(inTime).containsExactly(true);
  }

  @Test
  void finishedSagasAreForgottenAfterTheirRetention() {
    var options = SagaOptions.DEFAULT.withRetention(Duration.ofDays(1));
    var type = events.sagas().define("short", options, NONE, NONE, (saga, input) -> input);
    events.start();
    start(type, "o1");
    start(type, "o2");
    await(type, "o1");
    await(type, "o2");
    depot.execute(
        "update concordat.saga set finished_at = now() - interval '25 h' where id = 'o1'");

    var database = new Database(depot.database);
    assertThat((int) database.transact(c -> SagaClaims.prune(c, "short", options.retention())))
        .isEqualTo(1);
    assertThat(type.look("o1")).isEmpty();
    assertThat(type.look("o2")).isPresent();
  }

  @Test
  void moreSagasThanPlacesAllEnd() {
    var type =
        events
            .sagas()
            .define("many", NONE, NONE, (saga, input) -> saga.step("one", NONE, () -> input));
    events.start();
    for (int i = 0; i < 300; i++) {
      start(type, "o" + i);
    }
    Await.until(
        "all ended",
        () -> depot.number("select count(*) from concordat.saga where state <> 'completed'") == 0);
  }

  private SagaType<Parcel, Parcel> checkout(Events<DepotOwner> process) {
    return process
        .sagas()
        .define(
            "checkout",
            NONE,
            NONE,
            (saga, input) -> {
              String order = input.getText();
              saga.undo("release", () -> partners.release(order));
              saga.step("reserve", () -> partners.reserve(order));
              saga.undo("refund", () -> partners.refund(order));
              saga.step("charge", () -> partners.charge(order));
              return saga.transact("confirm", NONE, tx -> parcel(order + " confirmed"));
            });
  }

  private boolean start(SagaType<Parcel, Parcel> type, String id) {
    try (var tx = events.begin()) {
      boolean started = type.start(tx, id, parcel(id));
      tx.commit();
      return started;
    }
  }

  private static SagaOutcome<Parcel> await(SagaType<Parcel, Parcel> type, String id) {
    return type.await(id, Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM));
  }

  private static Code code(SagaOutcome<Parcel> outcome) {
    return ((Failed<Parcel>) outcome).failure().code();
  }

  private static Parcel parcel(String text) {
    return Parcel.newBuilder().setText(text).build();
  }
}
