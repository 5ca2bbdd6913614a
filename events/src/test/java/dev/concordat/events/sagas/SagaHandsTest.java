package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaOutcome.Failed;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What people see of sagas and do to them.
class SagaHandsTest {
  private static final Parcel NONE = Parcel.getDefaultInstance();
  private static final Duration LONG = Duration.ofHours(1);

  /// Of a wait with full jitter, which may be any part of it: so long that none comes to its end.
  private static final Duration AGES = Duration.ofDays(3650);

  private final Depot depot = new Depot();
  private final Events<DepotOwner> events = depot.process();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void aSagaIsShownWithAllThatItHasDone() {
    var type =
        define(
            "shown",
            SagaOptions.DEFAULT,
            (saga, in) -> {
              saga.step("weigh", NONE, () -> parcel("3 kg"));
              try {
                saga.step(
                    "optional",
                    () -> {
                      throw Failure.of(Code.NOT_FOUND, "no ribbon");
                    });
              } catch (Failure e) {
                saga.sleep("nap", LONG);
              }
              return in;
            });
    events.start();
    start(type, "o1");
    awaitState("o1", SagaState.WAITING);

    SagaHistory history = events.sagas().show("shown", "o1").orElseThrow();
    assertThat(history.input()).isEqualTo(parcel("o1").toByteString());
    assertThat(history.saga().waitsFor().orElseThrow().name()).isEqualTo("nap");
    assertThat(history.steps())
        .extracting(SagaHistory.Step::name)
        .containsExactly("weigh", "optional");
    SagaHistory.Step weigh = history.steps().getFirst();
    assertThat(weigh.type()).isEqualTo("depot.v1.Parcel");
    assertThat(weigh.answer()).contains(parcel("3 kg").toByteString());
    assertThat(events.sagas().message(weigh.type())).contains(Parcel.getDescriptor());
    assertThat(history.steps().getLast().failure().orElseThrow().code()).isEqualTo(Code.NOT_FOUND);
    assertThat(events.sagas().show("shown", "none")).isEmpty();

    assertThat(events.sagas().list(SagaFilter.OPEN))
        .extracting(SagaSummary::id)
        .containsExactly("o1");
    assertThat(list("shown", SagaState.COMPLETED)).isZero();
    assertThat(list("other", SagaState.WAITING)).isZero();
  }

  @Test
  void whoeverAbortsASagaThatWaitsGetsItUndone() {
    AtomicInteger undone = new AtomicInteger();
    var type =
        define(
            "aborted",
            SagaOptions.DEFAULT,
            (saga, in) -> {
              saga.undo("release", undone::incrementAndGet);
              saga.step("reserve", () -> {});
              saga.sleep("nap", LONG);
              return in;
            });
    events.start();
    start(type, "o1");
    awaitState("o1", SagaState.WAITING);

    assertThat(events.sagas().abort("aborted", "o1", "sold out")).isEqualTo(SagaCancel.REQUESTED);
    assertThat(((Failed<Parcel>) await(type, "o1")).failure().message()).isEqualTo("sold out");
    assertThat(undone).hasValue(1);
    assertThat(events.sagas().abort("aborted", "none", "x")).isEqualTo(SagaCancel.UNKNOWN);
  }

  @Test
  void anUndoThatWaitsForItsNextTryIsTriedNow() {
    AtomicBoolean broken = new AtomicBoolean(true);
    var type = unlucky(broken);
    events.start();
    start(type, "o1");
    awaitTrouble();

    broken.set(false);
    assertThat(events.sagas().retry("unlucky", "o1"))
        .as(() ->
            "a saga that waits for its undo is retried: " + events.sagas().show("unlucky", "o1"))
        .isTrue();
    assertThat(await(type, "o1")).isInstanceOf(Failed.class);
    assertThat(events.sagas().retry("unlucky", "o1")).isFalse();
  }

  @Test
  void aSagaWhoseUndoCanNeverSucceedIsEndedByHandAndThatIsRecorded() {
    var type = unlucky(new AtomicBoolean(true));
    events.start();
    start(type, "o1");
    awaitTrouble();
    assertThat(events.sagas().list(SagaFilter.OPEN).getFirst().because())
        .contains("declined", "the shelf is gone");

    assertThat(events.sagas().end("unlucky", "o1", "anna", "put back by hand")).isTrue();
    var why = ((Failed<Parcel>) await(type, "o1")).failure();
    assertThat(why.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(why.details().reason()).isEqualTo("SAGA_ENDED_BY_HAND");
    assertThat(events.sagas().show("unlucky", "o1").orElseThrow().endedBy())
        .contains("anna: put back by hand");
    assertThat(events.sagas().end("unlucky", "o1", "anna", "again")).isFalse();
  }

  @Test
  void aSagaThatGoesForwardIsNotEndedByHand() {
    var type =
        define(
            "napping",
            SagaOptions.DEFAULT,
            (saga, in) -> {
              saga.sleep("nap", LONG);
              return in;
            });
    events.start();
    start(type, "o1");
    awaitState("o1", SagaState.WAITING);

    assertThat(events.sagas().end("napping", "o1", "anna", "no")).isFalse();
  }

  /// Old sagas stay on the old way, new ones go the new one, both to their end.
  @Test
  void aChangeBehindPatchedFitsOldSagasAndNewOnes() {
    SagaCode<Parcel, Parcel, DepotOwner> before =
        (saga, in) -> {
          saga.step("one", () -> {});
          saga.sleep("nap", LONG);
          saga.step("old", () -> {});
          return parcel("old way");
        };
    var old = define("changing", SagaOptions.DEFAULT, before);
    events.start();
    start(old, "o1");
    awaitState("o1", SagaState.WAITING);
    events.stop(Duration.ofSeconds(5));

    var changed = depot.process();
    var type =
        changed
            .sagas()
            .define(
                "changing",
                NONE,
                NONE,
                (saga, in) -> {
                  saga.step("one", () -> {});
                  if (saga.patched("no nap")) {
                    saga.step("new", () -> {});
                    return parcel("new way");
                  }
                  saga.sleep("nap", LONG);
                  saga.step("old", () -> {});
                  return parcel("old way");
                });
    changed.start();
    try (var tx = changed.begin()) {
      type.start(tx, "o2", parcel("o2"));
      tx.commit();
    }
    depot.execute("update concordat.saga set waits_until = now(), due_at = now() where id = 'o1'");

    assertThat(await(type, "o1")).isEqualTo(new Completed<>(parcel("old way")));
    assertThat(await(type, "o2")).isEqualTo(new Completed<>(parcel("new way")));
  }

  private SagaType<Parcel, Parcel> unlucky(AtomicBoolean broken) {
    return define(
        "unlucky",
        SagaOptions.DEFAULT.withUndoBackoff(new Backoff(AGES, AGES)),
        (saga, in) -> {
          saga.undo(
              "release",
              () -> {
                if (broken.get()) {
                  throw Failure.of(Code.INTERNAL, "the shelf is gone");
                }
              });
          throw Failure.of(Code.FAILED_PRECONDITION, "declined");
        });
  }

  private SagaType<Parcel, Parcel> define(
      String name, SagaOptions options, SagaCode<Parcel, Parcel, DepotOwner> code) {
    return events.sagas().define(name, options, NONE, NONE, code);
  }

  private void start(SagaType<Parcel, Parcel> type, String id) {
    try (var tx = events.begin()) {
      type.start(tx, id, parcel(id));
      tx.commit();
    }
  }

  private long list(String type, SagaState state) {
    return events.sagas().list(new SagaFilter(Optional.of(type), Set.of(state), 10)).size();
  }

  private void awaitState(String id, SagaState state) {
    Await.until(
        id + " is " + state,
        () ->
            events.sagas().list(SagaFilter.OPEN).stream()
                .anyMatch(saga -> saga.id().equals(id) && saga.state() == state));
  }

  private void awaitTrouble() {
    Await.until(
        "an undo has failed",
        () -> depot.number("select count(*) from concordat.saga where tries = 1") == 1);
  }

  private static SagaOutcome<Parcel> await(SagaType<Parcel, Parcel> type, String id) {
    return type.await(id, Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM));
  }

  private static Parcel parcel(String text) {
    return Parcel.newBuilder().setText(text).build();
  }
}
