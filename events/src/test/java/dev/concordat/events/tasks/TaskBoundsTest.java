package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Priority;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.depot.v1.Move;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.depot.v1.Press;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What holds over all processes.
class TaskBoundsTest {
  private final Depot depot = new Depot();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void noMoreThanTheContractSaysRunAtOnceInAllProcesses() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    var first = depot.process();
    for (var process : List.of(first, depot.process(), depot.process())) {
      process.work(
          Move.class,
          (task, lease) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            new CountDownLatch(1).await(2, java.util.concurrent.TimeUnit.MILLISECONDS);
            inside.decrementAndGet();
            done.incrementAndGet();
          });
      process.start();
    }
    try (var tx = first.begin()) {
      for (int pallet = 0; pallet < 40; pallet++) {
        tx.enqueue(Move.newBuilder().setPallet(pallet).build());
      }
      tx.commit();
    }

    Await.until("all moved", () -> done.get() == 40);
    assertThat(most.get()).isEqualTo(2);
  }

  @Test
  void noMoreThanTheRateBeginInAnyStretch() {
    var first = depot.process();
    AtomicInteger done = new AtomicInteger();
    for (var process : List.of(first, depot.process())) {
      process.work(Press.class, (task, lease) -> done.incrementAndGet());
      process.start();
    }
    try (var tx = first.begin()) {
      for (int number = 0; number < 45; number++) {
        tx.enqueue(Press.newBuilder().setNumber(number).build());
      }
      tx.commit();
    }

    Await.until("all pressed", () -> done.get() == 45);
    assertThat(
            depot.number(
                """
                select max(together) from (
                  select sum(tasks) over (
                    order by at range between interval '399 ms' preceding and current row)
                    as together
                  from concordat.task_begun) as stretches
                """))
        .as("by the database's clock")
        .isEqualTo(10);
    assertThat(depot.number("select sum(tasks) from concordat.task_begun")).isEqualTo(45);
  }

  @Test
  void aLowOneGetsItsTurnWhileImportantOnesKeepComing() {
    var process = depot.process();
    List<Integer> done = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 100; i++) {
      Depot.enqueue(process, pick(i), Delivery.NOW.withPriority(Priority.HIGH));
    }
    Depot.enqueue(process, pick(1_000), Delivery.NOW.withPriority(Priority.LOW));
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(4),
        (task, lease) -> {
          done.add(task.getNumber());
          if (done.size() < 500) {
            Depot.enqueue(process, pick(done.size()), Delivery.NOW.withPriority(Priority.HIGH));
          }
        });
    process.start();

    Await.until("the low one too", () -> done.contains(1_000));
    assertThat(done.indexOf(1_000)).as("before those that came later").isLessThan(400);
  }

  @Test
  void whatIsNotWorthDoingAnyMoreIsADeadLetter() {
    var process = depot.process();
    AtomicInteger done = new AtomicInteger();
    Depot.enqueue(process, pick(1), Delivery.NOW.within(Duration.ofHours(1)));
    Depot.enqueue(process, pick(2), Delivery.NOW.within(Duration.ofHours(1)));
    Depot.enqueue(process, pick(3));
    depot.execute(
        "update concordat.task set expires_at = now() - interval '1 s'"
            + " where id = (select min(id) from concordat.task)");
    process.work(Pick.class, (task, lease) -> done.incrementAndGet());
    process.start();

    Await.until("none left", () -> depot.tasks() == 0);
    assertThat(done).hasValue(2);
    assertThat(
            depot.number(
                "select count(*) from concordat.dead_letter where reason like 'expired: %'"))
        .isEqualTo(1);
  }

  @Test
  void theContractSaysHowLongATaskIsWorthDoing() {
    var process = depot.process();
    Depot.enqueue(process, Press.newBuilder().setNumber(1).build());
    assertThat(
            depot.number(
                "select extract(epoch from expires_at - time)::bigint from concordat.task"))
        .isEqualTo(3_600);
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }
}
