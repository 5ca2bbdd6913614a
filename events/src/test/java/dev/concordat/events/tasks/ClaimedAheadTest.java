package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.contract.Queue;
import dev.concordat.core.Background;
import dev.concordat.core.ManualClock;
import dev.concordat.core.Observer;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimedAheadTest {
  private static final Queue<?> QUEUE = TaskDesk.queue(pick(0));
  private static final int TASKS = 10;

  private final Depot depot = new Depot();
  private final Database database = new Database(depot.database);
  private final ManualClock clock = new ManualClock();
  private final Semaphore free = new Semaphore(2);
  private final LeaseKeeper leases =
      new LeaseKeeper(database, clock, Observer.NONE, QUEUE.lease(), TaskSettlement::renew);
  private final ClaimedAhead ahead = new ClaimedAhead(database, clock, leases, free);
  private final AtomicBoolean broken = new AtomicBoolean();
  private final List<Long> begun = new CopyOnWriteArrayList<>();
  private final Background background = new Background("test");

  @BeforeEach
  void claim() {
    Depot.enqueue(depot.process(), TASKS);
    var wish =
        new TaskClaims.Wish(QUEUE, TASKS, new Shares().next(1), Places.NONE, UUID.randomUUID());
    List<ClaimedTask> claimed = database.transact(c -> TaskClaims.claim(c, wish)).tasks();
    ahead.add(claimed, clock.nanos(), Duration.ofMinutes(5));
    var _ =
        background.start(
            "begin", () -> ahead.beginAll(background::stopping, this::begin, () -> {}));
    Await.until("two have begun", () -> begun.size() == 2);
  }

  @AfterEach
  void close() {
    background.close();
    depot.close();
  }

  @Test
  void noMoreBeginThanMayRunAndEachAsSoonAsItMay() {
    assertThat(ahead.size()).isEqualTo(TASKS - 2);
    assertThat(ahead.room()).isEqualTo(2 - TASKS);

    free.release();
    Await.until("the next one has begun", () -> begun.size() == 3);
    free.release(TASKS);
    Await.until("all have begun", () -> begun.size() == TASKS);
    assertThat(begun).isSorted();
  }

  @Test
  void whatHasNotBegunWhenTheWorkerStopsIsForOthersAtOnce() {
    background.close();
    ahead.close();

    assertThat(ready()).isEqualTo(TASKS - 2);
    assertThat(leases.all()).hasSize(2);
    assertThat(free.availablePermits()).isZero();
  }

  @Test
  void whatCannotBeginForLongIsForOthers() {
    clock.advance(ClaimedAhead.STUCK.minusMillis(1));
    ahead.tend();
    assertThat(ready()).isZero();

    clock.advance(Duration.ofMillis(1));
    ahead.tend();
    assertThat(ready()).isEqualTo(TASKS - 2);
    assertThat(leases.all()).hasSize(2);
  }

  @Test
  void oneThatFailsToBeginIsLeftToItsLeaseAndTheOthersBegin() {
    broken.set(true);
    free.release(2);

    Await.until("two others have begun", () -> begun.size() == 4);
    assertThat(ahead.size()).isEqualTo(TASKS - 5);
    assertThat(leases.all()).hasSize(TASKS - 1);
    assertThat(free.availablePermits()).isZero();
  }

  private boolean begin(ClaimedTask task, HeldLease held) {
    if (broken.compareAndSet(true, false)) {
      throw new OutOfMemoryError("no thread for it");
    }
    assertThat(held.id()).isEqualTo(task.id());
    return begun.add(task.id());
  }

  private long ready() {
    return depot.number(
        "select count(*) from concordat.task where state = 'ready' and attempt = 0");
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }
}
