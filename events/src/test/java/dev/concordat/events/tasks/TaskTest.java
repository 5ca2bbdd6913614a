package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Priority;
import dev.concordat.core.TraceContext;
import dev.concordat.events.Await;
import dev.concordat.events.Dead;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.CountShelf;
import dev.concordat.events.depot.v1.Pack;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskTest {
  private final Depot depot = new Depot();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void eachTaskIsDoneOnceByOneOfManyWorkers() {
    Map<Integer, AtomicInteger> done = new ConcurrentHashMap<>();
    var first = depot.process();
    var second = depot.process();
    for (var process : List.of(first, second)) {
      process.work(
          Pick.class,
          (task, lease) ->
              done.computeIfAbsent(task.getNumber(), n -> new AtomicInteger()).incrementAndGet());
      process.start();
    }
    for (int batch = 0; batch < 20; batch++) {
      try (var tx = first.begin()) {
        for (int i = 0; i < 25; i++) {
          tx.enqueue(pick(batch * 25 + i));
        }
        tx.commit();
      }
    }

    Await.until("all done", () -> depot.tasks() == 0);
    assertThat(done).hasSize(500);
    assertThat(done.values()).allSatisfy(times -> assertThat(times).hasValue(1));
  }

  @Test
  void rolledBackMeansNeverAsked() {
    var process = depot.process();
    try (var tx = process.begin()) {
      tx.enqueue(pick(1));
    }

    assertThat(depot.tasks()).isZero();
  }

  @Test
  void tasksOfOneKeyRunInOrderAlsoWhenSomeFail() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, List<Integer>> done = new ConcurrentHashMap<>();
    Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
    List<String> overlaps = new CopyOnWriteArrayList<>();
    var first = depot.process();
    var second = depot.process();
    for (var process : List.of(first, second)) {
      process.work(
          Pack.class,
          (task, lease) -> {
            var count = inside.computeIfAbsent(task.getOrder(), any -> new AtomicInteger());
            if (count.incrementAndGet() > 1) {
              overlaps.add(task.getOrder());
            }
            try {
              if (random.nextInt(4) == 0) {
                throw Failure.of(Code.UNAVAILABLE, "no tape");
              }
              done.computeIfAbsent(task.getOrder(), any -> new CopyOnWriteArrayList<>())
                  .add(task.getParcel());
            } finally {
              count.decrementAndGet();
            }
          });
      process.start();
    }
    for (int parcel = 0; parcel < 20; parcel++) {
      for (int order = 0; order < 20; order++) {
        Depot.enqueue(first, pack("order-" + order, parcel));
      }
    }

    Await.until("all done", () -> depot.tasks() == 0, () -> "seed " + seed);
    assertThat(overlaps).isEmpty();
    assertThat(done).hasSize(20);
    assertThat(done.values())
        .allSatisfy(parcels -> assertThat(parcels).as("seed " + seed).hasSize(20).isSorted());
  }

  @Test
  void aLongQueueOfOneKeyDoesNotDelayOthers() throws Exception {
    var process = depot.process();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch other = new CountDownLatch(1);
    try (var tx = process.begin()) {
      for (int parcel = 0; parcel < 1_000; parcel++) {
        tx.enqueue(pack("big", parcel));
      }
      tx.enqueue(pack("small", 0));
      tx.commit();
    }
    process.work(
        Pack.class,
        WorkerOptions.DEFAULT.withConcurrency(2),
        (task, lease) -> {
          if (task.getOrder().equals("small")) {
            other.countDown();
          } else {
            assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
          }
        });
    process.start();

    assertThat(other.await(20, TimeUnit.SECONDS)).isTrue();
    held.countDown();
    Await.until("all done", () -> depot.tasks() == 0);
  }

  @Test
  void theMoreImportantOneIsFirst() {
    var process = depot.process();
    List<Integer> done = new CopyOnWriteArrayList<>();
    Depot.enqueue(process, pick(3), Delivery.NOW.withPriority(Priority.LOW));
    Depot.enqueue(process, pick(2));
    Depot.enqueue(process, pick(1), Delivery.NOW.withPriority(Priority.HIGH));
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(1),
        (task, lease) -> done.add(task.getNumber()));
    process.start();

    Await.until("all done", () -> depot.tasks() == 0);
    assertThat(done).containsExactly(1, 2, 3);
  }

  @Test
  void aDelayedTaskWaits() {
    var process = depot.process();
    List<Integer> done = new CopyOnWriteArrayList<>();
    process.work(Pick.class, (task, lease) -> done.add(task.getNumber()));
    process.start();
    Depot.enqueue(process, pick(1), Delivery.after(Duration.ofHours(1)));
    Depot.enqueue(process, pick(2));

    Await.until("the other is done", () -> depot.tasks() == 1);
    assertThat(process.queues())
        .containsExactly(new QueueLength("depot.v1.Pick", 0, 1, 0, Duration.ZERO));
    assertThat(done).containsExactly(2);
    depot.execute("update concordat.task set due_at = now()");
    Await.until("it is done when due", () -> depot.tasks() == 0);
    assertThat(done).containsExactly(2, 1);
  }

  @Test
  void aSecondOneThatWaitsIsDropped() {
    var process = depot.process();
    var shelf = CountShelf.newBuilder().setShelf("A1").build();
    AtomicInteger counts = new AtomicInteger();
    Depot.enqueue(process, shelf);
    Depot.enqueue(process, shelf);
    process.work(
        CountShelf.class,
        (task, lease) -> {
          if (counts.incrementAndGet() == 1) {
            Depot.enqueue(process, shelf);
          }
        });
    process.start();

    Await.until("done", () -> depot.tasks() == 0 && counts.get() >= 2);
    assertThat(counts).as("one that was dropped, one asked for while it ran").hasValue(2);
  }

  @Test
  void whatKeepsFailingBecomesADeadLetterAndCanBeRedriven() {
    var process = depot.process();
    AtomicInteger tries = new AtomicInteger();
    process.work(
        Pick.class,
        (task, lease) -> {
          if (tries.incrementAndGet() <= 3) {
            throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
          }
        });
    process.start();
    Depot.enqueue(process, pick(7));

    Await.until("dead", () -> deadLetters() == 1);
    assertThat(tries).hasValue(3);
    assertThat(depot.tasks()).isZero();
    assertThat(
            depot.number(
                "select cardinality(attempts) from concordat.dead_letter where reason like"
                    + " 'gave up after 3 attempts: UNAVAILABLE: the belt stands still'"))
        .isEqualTo(3);

    long id = depot.number("select id from concordat.dead_letter");
    new Database(depot.database).transact(c -> TaskSettlement.redrive(c, id, ""));
    Await.until("done", () -> tries.get() == 4 && depot.tasks() == 0);
  }

  @Test
  void whatCanNeverBeDoneIsDeadAtOnce() {
    var process = depot.process();
    process.work(
        Pick.class,
        (task, lease) -> {
          throw Dead.because("there is no such shelf");
        });
    process.start();
    Depot.enqueue(process, pick(7));

    Await.until("dead", () -> deadLetters() == 1);
    assertThat(
            depot.number(
                "select count(*) from concordat.dead_letter where reason = 'there is no such shelf'"
                    + " and kind = 'task' and name = 'depot.v1.Pick'"))
        .isEqualTo(1);
  }

  @Test
  void thousandFailingTasksMakeNoStorm() {
    var process = depot.process();
    AtomicInteger tries = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(4),
        (task, lease) -> {
          tries.incrementAndGet();
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          inside.decrementAndGet();
          throw new IllegalStateException("always");
        });
    Depot.enqueue(process, 300);
    process.start();

    Await.until("all dead", () -> deadLetters() == 300);
    assertThat(tries).as("three attempts each").hasValue(900);
    assertThat(most.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void aHandlerRunsInTheConversationOfWhoAsked() {
    var process = depot.process();
    List<Context> contexts = new CopyOnWriteArrayList<>();
    List<String> ids = new CopyOnWriteArrayList<>();
    process.work(
        Pick.class,
        (task, lease) -> {
          contexts.add(Context.current());
          ids.add(lease.taskId());
        });
    process.start();
    TraceContext trace = TraceContext.begin(new Random(1));
    Context.root()
        .withTrace(trace)
        .withIdempotencyKey("the caller's")
        .withBaggage(Map.of("tenant", "blue"))
        .withDeadline(Deadline.after(Duration.ofSeconds(20), Clock.SYSTEM))
        .run(() -> Depot.enqueue(process, pick(1)));

    Await.until("done", () -> depot.tasks() == 0 && !ids.isEmpty());
    Context context = contexts.getFirst();
    assertThat(context.trace().orElseThrow().traceId()).isEqualTo(trace.traceId());
    assertThat(context.baggage()).containsEntry("tenant", "blue");
    assertThat(context.idempotencyKey()).isEmpty();
    assertThat(context.keyScope().orElseThrow().name())
        .isEqualTo("depot.v1.Pick/" + ids.getFirst());
    assertThat(context.deadline().orElseThrow().remaining())
        .as("its own, not the caller's")
        .isGreaterThan(Duration.ofMinutes(4));
    assertThat(depot.observer.activities())
        .extracting(activity -> activity.kind() + " " + activity.name())
        .containsExactly("PRODUCER enqueue depot.v1.Pick", "CONSUMER work depot.v1.Pick");
  }

  @Test
  void aPayloadThatCannotBeReadIsDead() {
    var process = depot.process();
    Depot.enqueue(process, pick(7));
    depot.execute("update concordat.task set payload = '\\xffff'");
    process.work(Pick.class, (task, lease) -> {});
    process.start();

    Await.until("dead", () -> deadLetters() == 1);
  }

  @Test
  void brokenConnectionsDelayButLoseNothing() {
    var process = depot.process();
    Map<Integer, Boolean> done = new ConcurrentHashMap<>();
    process.work(Pick.class, (task, lease) -> done.put(task.getNumber(), true));
    process.start();
    for (int i = 0; i < 100; i++) {
      if (i % 20 == 10) {
        depot.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
      }
      enqueueAgainAndAgain(process, pick(i));
    }

    Await.until("all done", () -> depot.tasks() == 0);
    assertThat(done).hasSize(100);
  }

  private static void enqueueAgainAndAgain(
      Events<dev.concordat.events.depot.v1.DepotOwner> process, Pick task) {
    Await.until(
        "enqueued",
        () -> {
          Depot.enqueue(process, task);
          return true;
        });
  }

  private long deadLetters() {
    return depot.number("select count(*) from concordat.dead_letter");
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }

  private static Pack pack(String order, int parcel) {
    return Pack.newBuilder().setOrder(order).setParcel(parcel).build();
  }
}
