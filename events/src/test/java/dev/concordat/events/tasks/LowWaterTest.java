package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.contract.Queue;
import dev.concordat.core.Clock;
import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LowWaterTest {
  private static final Queue<?> QUEUE = TaskDesk.queue(pick(0));

  private final Depot depot = new Depot();
  private final Database database = new Database(depot.database);
  private final LowWater lowWater = new LowWater(database, Clock.SYSTEM, QUEUE);

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void besideAnOldReaderItRisesToWhatIsDone() throws SQLException {
    enqueue(20);
    try (Connection old = reader()) {
      end(claim(20));
      risesTo(20);
      assertThat(old.isClosed()).isFalse();
    }
  }

  @Test
  void whatWaitsIsAbove() {
    enqueue(10);
    end(claim(4));
    risesTo(4);
    rise();
    assertThat(level().places().normal()).isEqualTo(4);
    assertThat(length().waiting()).isEqualTo(6);
  }

  @Test
  void whoCommitsLateIsNotMissed() throws SQLException {
    enqueue(5);
    var process = depot.process();
    var late = process.begin();
    late.enqueue(pick(6));
    enqueue(5);
    end(claim(10));
    for (int times = 0; times < 5; times++) {
      rise();
    }
    assertThat(level().places().normal()).as("the sixth place is not visible yet").isLessThan(6);

    late.commit();
    late.close();
    Await.until("the mark stands right below it", () -> risen() == 5);
    assertThat(length().waiting()).isEqualTo(1);
    assertThat(startingWorkerClaims()).hasSize(1);
  }

  @Test
  void whatIsGivenBackIsFoundByWhoStartsAtTheMark() {
    enqueue(3);
    List<ClaimedTask> claimed = claim(3);
    risesTo(3);
    boolean _ = database.transact(c -> TaskSettlement.giveBack(c, claimed.getFirst()));

    assertThat(length().waiting()).isEqualTo(1);
    assertThat(length().leased()).isEqualTo(2);
    assertThat(startingWorkerClaims()).hasSize(1);
  }

  @Test
  void aLeaseThatHasRunOutStaysAboveUntilItIsTakenAway() {
    enqueue(1);
    List<ClaimedTask> claimed = claim(1);
    depot.execute("update concordat.task set leased_until = now() - interval '1 minute'");
    risesTo(1);

    assertThat(length().leased()).isEqualTo(1);
    assertThat(new TaskUpkeep(database, Clock.SYSTEM, QUEUE.name()).runOut()).hasSize(1);
    end(claimed);
    assertThat(length().leased()).isZero();
  }

  @Test
  void whenTheClockWasSetBackLeasesCountFromTheBeginning() {
    enqueue(1);
    var _ = claim(1);
    depot.execute(
        """
        insert into concordat.task_low_water
        values ('%s', 1000, 0, 0, 0, now() + interval '1 hour')
        """
            .formatted(QUEUE.name()));

    assertThat(length().leased()).isEqualTo(1);
    Await.until("it has fallen", () -> risen() == 1 && level().leasedUntil().getYear() < 2000);
  }

  private void enqueue(int tasks) {
    Depot.enqueue(depot.process(), tasks);
  }

  private Connection reader() throws SQLException {
    Connection old = depot.database.getConnection();
    old.setAutoCommit(false);
    old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (var query = old.createStatement()) {
      query.execute("select 1");
    }
    return old;
  }

  private List<ClaimedTask> claim(int tasks) {
    var wish =
        new TaskClaims.Wish(QUEUE, tasks, new Shares().next(1), Places.NONE, UUID.randomUUID());
    List<ClaimedTask> claimed = database.transact(c -> TaskClaims.claim(c, wish)).tasks();
    assertThat(claimed).hasSize(tasks);
    return claimed;
  }

  private void end(List<ClaimedTask> tasks) {
    TreeMap<Long, Long> tokens = new TreeMap<>();
    tasks.forEach(task -> tokens.put(task.id(), task.token()));
    Set<Long> gone = database.transact(c -> TaskSettlement.done(c, tokens, Duration.ZERO));
    assertThat(gone).hasSize(tasks.size());
  }

  /// What a worker claims that starts now, without a look from the front.
  private List<ClaimedTask> startingWorkerClaims() {
    Places low = database.read(c -> LowWater.newest(c, QUEUE.name())).places();
    assertThat(low).isNotEqualTo(Places.NONE);
    Floors floors = new Floors(0, low);
    assertThat(floors.next(0)).isNotEqualTo(Floors.From.FRONT);
    var wish =
        new TaskClaims.Wish(
            QUEUE, 10, new Shares().next(10), floors.places(floors.next(0)), UUID.randomUUID());
    return database.transact(c -> TaskClaims.claim(c, wish)).tasks();
  }

  /// Other databases of the same server may hold it back for a moment.
  private void risesTo(long place) {
    Await.until("it rises to " + place, () -> risen() == place);
  }

  private long risen() {
    rise();
    return level().places().normal();
  }

  private void rise() {
    database.transact(c -> {
      lowWater.rise(c);
      return true;
    });
  }

  private LowWater.Level level() {
    return database.read(c -> LowWater.newest(c, QUEUE.name()));
  }

  private QueueLength length() {
    return database.transact(c -> QueueLengths.of(c, QUEUE.name()));
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }
}
