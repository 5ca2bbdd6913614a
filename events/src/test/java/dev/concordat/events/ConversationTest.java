package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.TraceContext;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import dev.concordat.events.subscriptions.Start;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an event takes along, and where a subscription begins.
class ConversationTest {
  private Bank bank;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("a", "b");
  }

  @AfterEach
  void close() {
    bank.close();
  }

  /// Writes down what is observed.
  private static final class Spans implements Observer {
    private final List<String> spans = new CopyOnWriteArrayList<>();
    private final List<String> gauges = new CopyOnWriteArrayList<>();

    @Override
    public Observation begin(Activity activity) {
      Observation observation = Observer.NONE.begin(activity);
      String parent = activity.context().trace().map(TraceContext::spanId).orElse("none");
      String self = observation.context().trace().map(TraceContext::spanId).orElse("none");
      spans.add(activity.name() + " " + parent + ">" + self);
      return observation;
    }

    @Override
    public void count(String metric, long by, Map<String, String> attributes) {}

    @Override
    public void record(String metric, double value, Map<String, String> attributes) {}

    @Override
    public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
      gauges.add(metric);
      return () -> gauges.remove(metric);
    }

    /// Parent and own id of the span with this name.
    String[] ids(String name) {
      return spans.stream()
          .filter(span -> span.startsWith(name + " "))
          .map(span -> span.substring(name.length() + 1).split(">", -1))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void publishAppendAndReceiveAreInOneTraceAndTheCallersDeadlineStaysBehind() {
    Spans spans = new Spans();
    List<Context> handled = new CopyOnWriteArrayList<>();
    Events<BankOwner> events = bank.process(Bank.options().withObserver(spans));
    events.subscribe(Booked.class, "receipts", (event, tx) -> handled.add(Context.current()));
    events.start();
    TraceContext trace = TraceContext.begin(new Random(7));

    Context.root()
        .withTrace(trace)
        .withBaggage(Map.of("tenant", "blue"))
        .withIdempotencyKey("names the call")
        .withDeadline(Deadline.after(Duration.ofSeconds(5), Clock.SYSTEM))
        .run(() -> Bank.book(events, "a"));

    Await.until("it is handled", () -> !handled.isEmpty());
    Context context = handled.getFirst();
    assertThat(context.trace().orElseThrow().traceId()).isEqualTo(trace.traceId());
    assertThat(context.baggage()).containsEntry("tenant", "blue");
    assertThat(context.idempotencyKey()).isEmpty();
    assertThat(context.keyScope().orElseThrow().name()).startsWith("receipts/bank.v1.Booked/");
    assertThat(context.caller()).contains("bank");
    assertThat(context.deadline().orElseThrow().remaining()).isGreaterThan(Duration.ofSeconds(20));
    String[] publish = spans.ids("publish bank.v1.Booked");
    String[] append = spans.ids("append bank.v1.Booked");
    String[] receive = spans.ids("receive bank.v1.Booked receipts");
    assertThat(publish[0]).isEqualTo(trace.spanId());
    assertThat(append[0]).isEqualTo(publish[1]);
    assertThat(receive[0]).isEqualTo(append[1]);
    assertThat(spans.gauges)
        .contains(
            "concordat.events.outbox.backlog",
            "concordat.events.lag",
            "concordat.events.parked_keys",
            "concordat.events.dead_letters");
  }

  @Test
  void aNewSubscriptionBeginsWhereItSays() {
    Events<BankOwner> first = bank.process(Bank.options());
    first.subscribe(
        Booked.class, "early", (event, tx) -> Bank.effect(tx.connection(), "early", event));
    first.start();
    Bank.book(first, "a");
    Await.until("it is applied", () -> bank.effects() == 1);
    assertThat(first.stop(Bank.GRACE)).isTrue();

    Events<BankOwner> second = bank.process(Bank.options());
    subscribe(second, "beginning", Start.beginning());
    subscribe(second, "end", Start.end());
    subscribe(second, "epoch", Start.at(java.time.Instant.EPOCH));
    second.start();
    Await.until("the past is heard by two", () -> bank.effects() == 3);
    Await.until(
        "the end is known",
        () ->
            Postgres.number(
                    bank.pool,
                    "select count(distinct part) from concordat.cursor join concordat.subscription"
                        + " on id = subscription where name = 'end'")
                == 8);
    Bank.book(second, "a");

    Await.until("the present is heard by all three", () -> bank.effects() == 6);
    assertThat(bank.order("end")).isEqualTo(List.of("a2"));
    assertThat(bank.order("beginning")).isEqualTo(List.of("a1", "a2"));
  }

  private static void subscribe(Events<BankOwner> events, String name, Start start) {
    events.subscribe(
        Booked.class,
        name,
        SubscriptionOptions.DEFAULT.withStart(start),
        (event, tx) -> Bank.effect(tx.connection(), name, event));
  }
}
