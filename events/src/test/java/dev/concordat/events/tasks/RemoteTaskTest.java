package dev.concordat.events.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Context;
import dev.concordat.core.Priority;
import dev.concordat.core.TraceContext;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.depot.v1.CountShelf;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Pack;
import dev.concordat.events.depot.v1.Pick;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The bank asks, the depot works; each has its own database, the log lies between them.
class RemoteTaskTest {
  private final Bank bank = new Bank();
  private final Depot depot = new Depot();
  private Events<BankOwner> asking;
  private Events<DepotOwner> working;

  @BeforeEach
  void open() {
    asking = bank.process(Bank.options());
    working = depot.process(Bank.options(), bank.log);
  }

  @AfterEach
  void close() {
    depot.close();
    bank.close();
  }

  @Test
  void whatAnotherServiceAsksForIsDoneOnceInItsTrace() {
    Map<Integer, List<String>> traces = new ConcurrentHashMap<>();
    working.work(
        Pick.class,
        (task, lease) ->
            traces
                .computeIfAbsent(task.getNumber(), n -> new CopyOnWriteArrayList<>())
                .add(Context.current().trace().orElseThrow().traceId()));
    asking.start();
    working.start();
    TraceContext trace = TraceContext.begin(new Random(1));
    for (int i = 0; i < 50; i++) {
      int number = i;
      Context.root().withTrace(trace).run(() -> ask(pick(number), Delivery.NOW));
    }

    Await.until("all done", () -> traces.size() == 50 && depot.tasks() == 0);
    assertThat(traces.values())
        .allSatisfy(each -> assertThat(each).containsExactly(trace.traceId()));
    assertThat(Postgres.number(bank.pool, "select count(*) from concordat.task")).isZero();
  }

  @Test
  void orderDelayAndUniquenessHoldAcrossServices() {
    List<Integer> packed = new CopyOnWriteArrayList<>();
    working.work(Pack.class, (task, lease) -> packed.add(task.getParcel()));
    List<String> counted = new CopyOnWriteArrayList<>();
    working.work(CountShelf.class, (task, lease) -> counted.add(task.getShelf()));
    CountShelf shelf = CountShelf.newBuilder().setShelf("A1").build();
    asking.start();
    working.start();
    for (int parcel = 0; parcel < 20; parcel++) {
      ask(Pack.newBuilder().setOrder("o").setParcel(parcel).build(), Delivery.NOW);
    }
    ask(shelf, Delivery.after(Duration.ofHours(1)).withPriority(Priority.HIGH));
    ask(shelf, Delivery.NOW);
    ask(pick(1), Delivery.NOW);

    Await.until("all packed", () -> packed.size() == 20);
    assertThat(packed).isSorted();
    Await.until(
        "the delayed one waits, the other was dropped",
        () ->
            depot.number("select count(*) from concordat.task where state = 'later'") == 1
                && depot.tasks() == 1);
    assertThat(counted).isEmpty();
    assertThat(depot.number("select priority from concordat.task")).isZero();
  }

  private void ask(dev.concordat.contract.Task<?> task, Delivery delivery) {
    try (var tx = asking.begin()) {
      tx.enqueue(task, delivery);
      tx.commit();
    }
  }

  private static Pick pick(int number) {
    return Pick.newBuilder().setNumber(number).build();
  }
}
