package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.contract.Task;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Dead;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.CountShelf;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Move;
import dev.concordat.events.depot.v1.Pack;
import dev.concordat.events.depot.v1.Pick;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How tasks stand, and how they are taken back.
class TaskCancelTest {
  private final Depot depot = new Depot();
  private final Events<DepotOwner> process = depot.process();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void oneThatWaitsIsGoneAndRemembered() {
    TaskRef ref = ask(pick(1));
    assertThat(status(ref)).isInstanceOf(TaskStatus.Waiting.class);

    assertThat(process.tasks().cancel(ref, "sold out")).isTrue();
    assertThat(depot.tasks()).isZero();
    assertThat(status(ref))
        .isInstanceOfSatisfying(
            TaskStatus.Cancelled.class,
            cancelled -> assertThat(cancelled.reason()).isEqualTo("sold out"));
    assertThat(process.tasks().cancel(ref, "again")).as("there is none any more").isFalse();
  }

  @Test
  void oneThatRunsIsToldAndCannotEndAndOnlyThenTheNextOfItsKeyComes() {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Integer> packed = new CopyOnWriteArrayList<>();
    List<Failure> failures = new CopyOnWriteArrayList<>();
    var elsewhere = depot.process();
    elsewhere.work(
        Pack.class,
        WorkerOptions.DEFAULT.withPoll(Duration.ofMillis(50)),
        (task, lease) -> {
          if (task.getParcel() == 1) {
            lease.cancellation().onCancel(told::countDown);
            goOn.await();
            // Outside of the handler's context, which is cancelled: the fence alone is to refuse.
            Context.root().run(() -> failures.add(refused(lease)));
          }
          packed.add(task.getParcel());
        });
    TaskRef first = ask(pack(1));
    elsewhere.start();
    Await.until("runs", () -> status(first) instanceof TaskStatus.Running);
    TaskRef second = ask(pack(2));

    assertThat(process.tasks().cancel(first, "no longer wanted")).isTrue();
    Await.until("told", () -> told.getCount() == 0);
    assertThat(status(second)).as("waits").isInstanceOf(TaskStatus.Waiting.class);
    assertThat(packed).isEmpty();
    goOn.countDown();

    Await.until("the next one is done", () -> depot.tasks() == 0);
    assertThat(packed).containsExactly(1, 2);
    assertThat(failures).singleElement().extracting(Failure::code).isEqualTo(Code.ABORTED);
    assertThat(status(first)).isInstanceOf(TaskStatus.Cancelled.class);
  }

  @Test
  void oneWhoseWorkerDiedIsTakenAwayWhenItsLeaseHasRunOut() {
    TaskRef ref = ask(pick(1));
    depot.execute(
        "update concordat.task set state = 'leased', token = 1, attempt = 1,"
            + " leased_until = now() - interval '1 s'");
    assertThat(process.tasks().cancel(ref, "never mind")).isTrue();
    List<Integer> done = new CopyOnWriteArrayList<>();
    process.work(Pick.class, (task, lease) -> done.add(task.getNumber()));
    process.start();

    Await.until("gone", () -> depot.tasks() == 0);
    assertThat(done).isEmpty();
    assertThat(status(ref)).isInstanceOf(TaskStatus.Cancelled.class);
  }

  @Test
  void aRolledBackCancelIsNone() {
    TaskRef ref = ask(pick(1));
    try (var tx = process.begin()) {
      assertThat(process.tasks().cancel(tx, ref, "perhaps")).isTrue();
    }
    assertThat(status(ref)).isInstanceOf(TaskStatus.Waiting.class);
  }

  @Test
  void byKeyAndByUniqueValue() {
    for (int parcel = 0; parcel < 3; parcel++) {
      var _ = ask(pack(parcel));
    }
    var shelf = CountShelf.newBuilder().setShelf("A1").build();
    TaskRef counted = ask(shelf);
    assertThat(ask(shelf)).as("the one that waits").isEqualTo(counted);

    assertThat(process.tasks().cancelKey(Pack.class, "o", "order closed")).isEqualTo(3);
    assertThat(process.tasks().cancelUnique(CountShelf.class, "A1", "no need")).isTrue();
    assertThat(depot.tasks()).isZero();
  }

  @Test
  void progressIsReadable() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    process.work(
        Move.class,
        (task, lease) -> {
          lease.progress(3, 10, "on the ramp");
          goOn.await();
        });
    process.start();
    TaskRef ref = ask(Move.newBuilder().setPallet(1).build());

    Await.until(
        "told",
        () ->
            status(ref)
                .equals(
                    new TaskStatus.Running(
                        1, Optional.of(new TaskProgress(3, 10, "on the ramp")))));
    assertThat(process.tasks().list("depot.v1.Move", 10))
        .singleElement()
        .satisfies(view -> {
          assertThat(view.state()).isEqualTo("leased");
          assertThat(view.task()).isEqualTo(ref);
        });
    goOn.countDown();
    Await.until("remembered", () -> status(ref) instanceof TaskStatus.Done);
  }

  @Test
  void whatWasGivenUpSaysWhy() {
    process.work(
        Pick.class,
        (task, lease) -> {
          throw Dead.because("no such shelf");
        });
    process.start();
    TaskRef ref = ask(pick(1));
    Await.until("dead", () -> status(ref) instanceof TaskStatus.GivenUp);
    assertThat(((TaskStatus.GivenUp) status(ref)).reason()).isEqualTo("no such shelf");
    assertThat(status(new TaskRef("depot.v1.Pick", new UUID(1, 1))))
        .isEqualTo(new TaskStatus.Unknown());
  }

  private Failure refused(Lease lease) {
    try (var tx = process.begin()) {
      lease.complete(tx);
      tx.commit();
      return Failure.of(Code.INTERNAL, "was not refused");
    } catch (Failure refused) {
      return refused;
    }
  }

  private TaskStatus status(TaskRef ref) {
    return process.tasks().status(ref);
  }

  private TaskRef ask(Task<?> task) {
    try (var tx = process.begin()) {
      TaskRef ref = tx.enqueue(task);
      tx.commit();
      return ref;
    }
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }

  private static Pack pack(int parcel) {
    return Pack.newBuilder().setOrder("o").setParcel(parcel).build();
  }
}
