package dev.concordat.events.personal;

import static dev.concordat.events.personal.MasterKeysTest.line;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Dead;
import dev.concordat.events.Ears;
import dev.concordat.events.Events;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Greet;
import dev.concordat.events.bank.v1.Moved;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.events.tasks.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// From publish to handler, through a real outbox, log, queue and saga.
class ForgettingTest {
  private static final Moved NOBODY = Moved.getDefaultInstance();
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final String DEAD = "select count(*) from concordat.dead_letter";

  private final Bank bank = new Bank();
  private final Ears ears = new Ears();
  private final HikariDataSource shared = Postgres.database("keys");
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    bank.close();
    shared.close();
    ears.close();
  }

  @Test
  void noTableHoldsWhatIsPersonalAndAReplayTellsTheRestOfWhoeverIsForgotten() {
    var first = process();
    first.subscribe(Moved.class, "book", (event, tx) -> heard.add(event.getName()));
    first.subscribe(
        Moved.class,
        "dying",
        (event, tx) -> {
          throw Dead.because("it dies");
        });
    first.subscribe(
        Moved.class,
        "parking",
        (event, tx) -> {
          throw dev.concordat.events.Retry.after(LONG);
        });
    work(first);
    var sagas = saga(first);
    first.start();
    publish(first, "c1", "Anna-secret");
    publish(first, "c2", "Ben-secret");
    ask(first, sagas, "c1", "Anna-secret");
    Await.until("heard", () -> heard.contains("Anna-secret") && heard.contains("Ben-secret"));
    Await.until("greeted", () -> heard.contains("greeted Anna-secret"));
    Await.until("dead", () -> Postgres.number(bank.pool, DEAD) == 3);
    Await.until("parked", () -> count("select count(*) from concordat.retry") == 2);
    Await.until("waiting", () -> count("select count(*) from concordat.saga_step") == 1);

    assertThat(where("account-c1")).as("what is not personal is there").isNotEmpty();
    assertThat(where("-secret")).isEmpty();
    System.getLogger("dev.concordat.events").log(System.Logger.Level.DEBUG, "a word");
    assertThat(ears.with("a word")).as("ears that hear").isNotEmpty();
    assertThat(ears.with("-secret")).isEmpty();
    assertThat(first.forget("c1")).isTrue();
    first.stop(Bank.GRACE);
    heard.clear();

    var second = process();
    second.subscribe(
        Moved.class,
        "replay",
        (event, tx) ->
            heard.add(
                event.getCustomer()
                    + event.getNumber()
                    + event.getName()
                    + PersonalData.hidden(event)));
    second.subscribe(
        Moved.class,
        "dying",
        (event, tx) -> heard.add("redriven " + event.getCustomer() + event.getName()));
    work(second);
    var again = saga(second);
    second.start();
    Await.until(
        "replayed", () -> heard.contains("c17true") && heard.contains("c27Ben-secretfalse"));
    var plan = second.deadLetters().plan(DeadLetterFilter.OPEN);
    assertThat(second.deadLetters().redrive(plan, "test", 100, any -> true).done()).isEqualTo(3);
    Await.until(
        "redriven",
        () -> heard.containsAll(List.of("redriven c1", "redriven c2Ben-secret", "greeted ")));
    publish(second, "go", "");
    assertThat(again.await("c1", Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM)))
        .isEqualTo(new Completed<>(Moved.newBuilder().setCustomer("c1").setName("none").build()));
    assertThat(heard).contains("saga ends with  and ");
    assertThat(where("Anna-secret")).isEmpty();
  }

  @Test
  void aSubscriptionWaitsWhileItsMasterKeyIsNotAtHand() {
    var teller = process();
    publish(teller, "c1", "Anna");
    teller.start();
    var rewrapping = keys(line("new", 2) + line("old", 1));
    assertThat(rewrapping.rewrap()).isEqualTo(1);
    var reader = bank.process(Bank.options(), keys(line("old", 1)));
    reader.subscribe(Moved.class, "late", (event, tx) -> heard.add("late" + event.getName()));
    reader.start();
    Await.until("it waits", () -> !reader.subscriptions().list().isEmpty());
    reader.stop(Bank.GRACE);
    assertThat(heard).isEmpty();
    assertThat(Postgres.number(bank.pool, DEAD)).isZero();

    var mended = bank.process(Bank.options(), keys(line("new", 2)));
    mended.subscribe(Moved.class, "late", (event, tx) -> heard.add("late" + event.getName()));
    mended.start();
    Await.until("heard", () -> heard.equals(List.of("lateAnna")));
  }

  private void work(Events<BankOwner> events) {
    events.work(
        Greet.class,
        (task, lease) -> {
          heard.add("greeted " + task.getName());
          if (task.getName().equals("Anna-secret")) {
            throw Dead.because("no such door");
          }
        });
  }

  /// Waits for the event of the account "account-go".
  private SagaType<Moved, Moved> saga(Events<BankOwner> events) {
    events.sagas().listen(Moved.class);
    return events
        .sagas()
        .define(
            "move",
            NOBODY,
            NOBODY,
            (saga, in) -> {
              Moved answer = saga.step("ask", NOBODY, () -> in.toBuilder().setBorn(3).build());
              var _ = saga.require("go", Moved.class, "account-go", LONG);
              heard.add("saga ends with " + in.getName() + " and " + answer.getName());
              return Moved.newBuilder().setCustomer(in.getCustomer()).setName("none").build();
            });
  }

  private static void ask(
      Events<BankOwner> events, SagaType<Moved, Moved> sagas, String customer, String name) {
    try (var tx = events.begin()) {
      Greet greet = Greet.newBuilder().setCustomer(customer).setName(name).build();
      tx.enqueue(greet);
      tx.enqueue(greet.toBuilder().setCustomer("later").build(), Delivery.after(LONG));
      assertThat(sagas.start(tx, customer, moved(customer, name))).isTrue();
      tx.commit();
    }
  }

  private static void publish(Events<BankOwner> events, String customer, String name) {
    try (var tx = events.begin()) {
      tx.publish(moved(customer, name));
      tx.commit();
    }
  }

  private static Moved moved(String customer, String name) {
    return Moved.newBuilder()
        .setAccount("account-" + customer)
        .setCustomer(customer)
        .setName(name)
        .setNumber(7)
        .build();
  }

  /// The tables, of the service and of the log, in which this text stands, as text or as bytes.
  private List<String> where(String text) {
    return java.util.stream.Stream.of(bank.pool, bank.logPool())
        .flatMap(database -> Postgres.tablesWith(database, text).stream())
        .toList();
  }

  private long count(String sql) {
    return Postgres.number(bank.pool, sql);
  }

  private Events<BankOwner> process() {
    return bank.process(Bank.options(), keys(line("old", 1)));
  }

  private PersonKeys keys(String file) {
    return PersonKeys.open(shared, MasterKeys.parse(file, "test"), Clock.SYSTEM);
  }
}
