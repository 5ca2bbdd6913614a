package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.store.Database;
import dev.concordat.events.store.Schema;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What outlives trouble: a dependency that is down, a database that an older version has written.
class TaskOutageTest {
  private final Depot depot = new Depot();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void whatIsDownBurnsNoAttempts() {
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicInteger tries = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    var process = depot.process();
    process.work(
        Pick.class,
        (task, lease) -> {
          tries.incrementAndGet();
          if (down.get()) {
            throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
          }
          done.incrementAndGet();
        });
    Depot.enqueue(process, 400);
    process.start();
    Await.until("it only probes", () -> depot.observer.count("concordat.tasks.postponed") > 3);
    int before = tries.get();
    assertThat(before).as("not three for each").isLessThan(400);
    down.set(false);

    Await.until("all done", () -> done.get() == 400);
    assertThat(depot.number("select count(*) from concordat.dead_letter")).isZero();
  }

  @Test
  void whatWasDownIsNoticedToBeUpByTasksThatEndInTheirHandlersTransaction() {
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicInteger done = new AtomicInteger();
    var process = depot.process();
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT,
        (task, lease, tx) -> {
          if (down.get()) {
            throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
          }
          tx.afterCommit(done::incrementAndGet);
        });
    Depot.enqueue(process, 200);
    process.start();
    Await.until("it only probes", () -> depot.observer.count("concordat.tasks.postponed") > 3);
    down.set(false);

    Await.until("all done", () -> done.get() == 200);
  }

  @Test
  void anErrorWhileOneTriesForAllHoldsNobodyUp() {
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicBoolean broken = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    var process = depot.process();
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(1),
        (task, lease) -> {
          if (broken.compareAndSet(true, false)) {
            throw new InternalError("of its own making");
          }
          if (down.get()) {
            throw Failure.of(Code.UNAVAILABLE, "the belt stands still");
          }
          done.incrementAndGet();
        });
    Depot.enqueue(process, 50);
    process.start();
    Await.until("it only probes", () -> depot.observer.count("concordat.tasks.postponed") > 3);
    broken.set(true);
    Await.until("it has tried for all", () -> !broken.get());
    down.set(false);

    Await.until("all done", () -> done.get() == 50);
  }

  @Test
  void tasksOfVersionOneAreCarriedAlong() {
    depot.execute("drop schema if exists concordat cascade");
    Database database = new Database(depot.database);
    Schema.EVENTS.create(database);
    new Schema("tasks", List.of("tasks-1.sql")).create(database);
    depot.execute(
        """
        insert into concordat.task
          (message, source, queue, priority, state, due_at, leased_until, token, attempt, time,
           headers, payload)
        select gen_random_uuid(), 'depot', 'depot.v1.Pick', 1,
          (array['ready', 'later', 'leased'])[1 + n % 3], now(), now(), n % 3, n % 3, now(), '',
          '\\x08' || set_byte('\\x00'::bytea, 0, n)
        from generate_series(1, 30) as n
        """);
    AtomicInteger done = new AtomicInteger();
    var process = depot.process();
    process.<Pick>work(Pick.class, (TaskHandler<Pick>) (task, lease) -> done.incrementAndGet());
    process.start();

    Await.until("all done", () -> depot.tasks() == 0);
    assertThat(done.get() + depot.number("select count(*) from concordat.dead_letter"))
        .isEqualTo(30);
    assertThat(done.get()).isEqualTo(30);
  }
}
