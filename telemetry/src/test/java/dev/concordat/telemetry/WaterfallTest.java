package dev.concordat.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Observer.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaterfallTest {
  private static final Instant BEGIN = Instant.parse("2026-05-01T12:00:00.123456Z");
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final List<StoredSpan> spans = new ArrayList<>();

  @Test
  void showsTheWholeConversation() {
    order();

    assertThat(render(WaterfallOptions.DEFAULT))
        .isEqualTo(
            """
            trace 4bf92f3577b34da6a3ce929d0e0e4736, began 2026-05-01T12:00:00.123Z
            386.0 ms in all, answered after 231.0 ms, 10 spans, 4 services

                                                              service      at ms   took ms
            POST /v1/orders                                   edge           0.0     231.0  ████████████████████████
            └─ Orders/PlaceOrder                              edge           2.0     228.0  ████████████████████████
               └─ Orders/PlaceOrder [ord-81]                  orders         4.0     224.0  ████████████████████████
                  └─ saga checkout                            orders         9.0     210.0  ███████████████████████
                     ├─ step checkout/charge                  orders        60.0     120.0        █████████████
                     │  ├─ Payments/Charge                    payments      61.0      30.0        ████
                     │  │    ✗ UNAVAILABLE paypoint does not answer
                     │  └─ Payments/Charge                    payments     120.0      58.0              ███████
                     └─ publish OrderConfirmed                orders       215.0       1.0                        █
                        └─ ⇢ receive OrderConfirmed receipts  receipts     340.0      46.0                                     █████
                           └─ send smtp                       receipts     345.0      38.0                                     █████
            """);
  }

  @Test
  void doesWithAsciiAndAnyWidth() {
    order();

    String text =
        render(WaterfallOptions.DEFAULT.withCharset(StandardCharsets.US_ASCII).withWidth(80));

    assertThat(text)
        .isEqualTo(
            """
            trace 4bf92f3577b34da6a3ce929d0e0e4736, began 2026-05-01T12:00:00.123Z
            386.0 ms in all, answered after 231.0 ms, 10 spans, 4 services

                                              service      at ms   took ms
            POST /v1/orders                   edge           0.0     231.0  ##########
            `- Orders/PlaceOrder              edge           2.0     228.0  ##########
               `- Orders/PlaceOrder [ord-81]  orders         4.0     224.0  ##########
                  `- saga checkout            orders         9.0     210.0  ##########
                     |- step checkout/charge  orders        60.0     120.0    ######
                     |  |- Payments/Charge    payments      61.0      30.0    ##
                     |  |    x UNAVAILABLE paypoint does not answer
                     |  `- Payments/Charge    payments     120.0      58.0      ####
                     `- publish OrderConfi..  orders       215.0       1.0          #
                        `- ~> receive Orde..  receipts     340.0      46.0                ##
                           `- send smtp       receipts     345.0      38.0                ##
            """);
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
    assertThat(text.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void aTimeInWhichNothingRanDoesNotShrinkTheBars() {
    order();
    span("11", "7", "payments", "enqueue ReconcilePayment", Kind.PRODUCER, 130, 0);
    span("12", "11", "payments", "work ReconcilePayment", Kind.CONSUMER, 30_130, 30);
    span("13", "12", "payments", "work ReconcilePayment", Kind.CONSUMER, 90_160, 30);

    String text = render(WaterfallOptions.DEFAULT);

    assertThat(text)
        .contains("90.2 s in all, answered after 231.0 ms, 13 spans")
        .contains("┊ marks 2 times in which nothing ran, cut out of the scale: 89.7 s");
    assertThat(bar(text, "POST /v1/orders")).matches("█{20,} +┊ *┊");
    assertThat(bar(text, "send smtp")).matches(" +█{3,5} *┊ *┊");
    assertThat(bar(text, "30130.0")).matches(" +┊█{2,4}┊");
    assertThat(bar(text, "90160.0")).matches(" +┊ +┊█{2,4}");
  }

  @Test
  void aKeyIsSaidOnceOnTheWayDown() {
    keyed("1", "", "saga checkout", "ord-81");
    keyed("2", "1", "step checkout/charge", "ord-81/charge");
    keyed("3", "2", "publish PaymentCaptured", "pay-7");
    keyed("4", "3", "publish OrderConfirmed", "ord-81");

    assertThat(render(WaterfallOptions.DEFAULT))
        .contains("saga checkout [ord-81]  ")
        .contains("step checkout/charge  ")
        .contains("publish PaymentCaptured [pay-7]  ")
        .contains("publish OrderConfirmed  ");
  }

  @Test
  void sumsUpSiblingsThatAreAlike() {
    span("1", "", "cart", "GetCart", Kind.SERVER, 0, 100);
    for (int i = 0; i < 40; i++) {
      span("p" + i, "1", "cart", "GetPrice", Kind.CLIENT, i, 10);
      span("s" + i, "p" + i, "pricing", "GetPrice", Kind.SERVER, i + 1, 8);
    }
    failed("e1", "1", "cart", "Audit", Kind.CLIENT, 50, 1);

    String text = render(WaterfallOptions.DEFAULT);

    assertThat(text).contains("37 more GetPrice, 74 spans").contains("✗ UNAVAILABLE");
    assertThat(text.lines().filter(line -> line.contains("cart") && line.contains("GetPrice")))
        .hasSize(4);
  }

  @Test
  void showsFourAlikeRatherThanALineForTheFourth() {
    span("1", "", "cart", "GetCart", Kind.SERVER, 0, 100);
    for (int i = 0; i < 4; i++) {
      span("p" + i, "1", "cart", "GetPrice", Kind.CLIENT, i, 10);
    }

    assertThat(render(WaterfallOptions.DEFAULT)).doesNotContain("more");
  }

  @Test
  void aSpanWhoseParentWasNotKeptIsARoot() {
    span("1", "", "edge", "POST /v1/orders", Kind.SERVER, 0, 10);
    span("2", "lost", "receipts", "receive", Kind.CONSUMER, 30, 5);

    assertThat(render(WaterfallOptions.DEFAULT))
        .contains("\n⇢ receive")
        .contains("(what led to it was not kept)");
  }

  @Test
  void spansThatAreEachOthersParentsAreStillShown() {
    span("1", "2", "a", "one", Kind.INTERNAL, 0, 10);
    span("2", "1", "a", "two", Kind.INTERNAL, 5, 1);

    assertThat(render(WaterfallOptions.DEFAULT)).contains("one").contains("two");
  }

  @Test
  void aClockThatIsBehindDoesNotPutAnEffectBeforeItsCause() {
    span("1", "", "edge", "call", Kind.CLIENT, 100, 40);
    span("2", "1", "orders", "serve", Kind.SERVER, -5_000, 20);
    span("3", "2", "orders", "step", Kind.INTERNAL, -4_990, 5);

    String text = render(WaterfallOptions.DEFAULT);

    assertThat(text)
        .startsWith("trace " + TRACE + ", began ")
        .contains("\n40.0 ms in all")
        .contains("moved");
    assertThat(line(text, "serve")).contains("10.0      20.0");
    assertThat(line(text, "step")).contains("20.0       5.0");
  }

  @Test
  void whatOthersWroteCannotMoveTheCursor() {
    span("1", "", "edge", "evil\u001b[2J\nname", Kind.SERVER, 0, 1);

    assertThat(render(WaterfallOptions.DEFAULT)).doesNotContain("\u001b").contains("evil [2J name");
  }

  @Test
  void nothingIsSaidInOneLine() {
    assertThat(render(WaterfallOptions.DEFAULT)).isEqualTo("no spans\n");
  }

  @Test
  void everySpanIsShownOrCountedWhateverTheShape() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      spans.clear();
      int count = random.nextInt(1, 400);
      for (int i = 0; i < count; i++) {
        String parent = random.nextInt(20) == 0 ? "lost" : "" + random.nextInt(count);
        span(
            "" + i, parent, "s", "n" + i, Kind.INTERNAL, random.nextInt(1_000), random.nextInt(90));
      }
      Collections.shuffle(spans, random);

      String text = render(WaterfallOptions.DEFAULT.withWidth(random.nextInt(0, 200)));

      assertThat(SpanTree.of(spans).roots().stream().mapToInt(SpanTree.Node::size).sum())
          .as("seed %d", seed)
          .isEqualTo(count);
      assertThat(text.lines().count()).as("seed %d", seed).isGreaterThan(count);
    }
  }

  /// An order: edge, call, saga, event, task and e-mail, and a payment that took two tries.
  private void order() {
    span("1", "", "edge", "POST /v1/orders", Kind.SERVER, 0, 231);
    span("2", "1", "edge", "shop.orders.v1.Orders/PlaceOrder", Kind.CLIENT, 2, 228);
    spans.add(
        new StoredSpan(
            place("3", "2"),
            "orders",
            "shop.orders.v1.Orders/PlaceOrder",
            Kind.SERVER,
            BEGIN.plusMillis(4),
            Duration.ofMillis(224),
            Optional.empty(),
            Map.of("concordat.key", "ord-81"),
            List.of()));
    span("4", "3", "orders", "saga checkout", Kind.INTERNAL, 9, 210);
    span("5", "4", "orders", "step checkout/charge", Kind.INTERNAL, 60, 120);
    failed("6", "5", "payments", "shop.payments.v1.Payments/Charge", Kind.SERVER, 61, 30);
    span("7", "5", "payments", "shop.payments.v1.Payments/Charge", Kind.SERVER, 120, 58);
    span("8", "4", "orders", "publish shop.orders.v1.OrderConfirmed", Kind.PRODUCER, 215, 1);
    span(
        "9",
        "8",
        "receipts",
        "receive shop.orders.v1.OrderConfirmed receipts",
        Kind.CONSUMER,
        340,
        46);
    span("10", "9", "receipts", "send smtp", Kind.CLIENT, 345, 38);
  }

  private void keyed(String id, String parent, String name, String key) {
    spans.add(
        new StoredSpan(
            place(id, parent),
            "orders",
            name,
            Kind.INTERNAL,
            BEGIN,
            Duration.ofMillis(1),
            Optional.empty(),
            Map.of("concordat.key", key),
            List.of()));
  }

  private void span(
      String id, String parent, String service, String name, Kind kind, long at, long took) {
    add(id, parent, service, name, kind, at, took, Optional.empty());
  }

  private void failed(
      String id, String parent, String service, String name, Kind kind, long at, long took) {
    StoredSpan.Failed why = new StoredSpan.Failed("UNAVAILABLE", "paypoint does not answer");
    add(id, parent, service, name, kind, at, took, Optional.of(why));
  }

  private void add(
      String id,
      String parent,
      String service,
      String name,
      Kind kind,
      long at,
      long took,
      Optional<StoredSpan.Failed> failure) {
    spans.add(
        new StoredSpan(
            place(id, parent),
            service,
            name,
            kind,
            BEGIN.plusMillis(at),
            Duration.ofMillis(took),
            failure,
            Map.of(),
            List.of()));
  }

  private static StoredSpan.Place place(String id, String parent) {
    return new StoredSpan.Place(
        TRACE, id, parent.isEmpty() ? Optional.empty() : Optional.of(parent));
  }

  private String render(WaterfallOptions options) {
    return Waterfall.render(spans, options);
  }

  /// What is right of the numbers.
  private static String bar(String text, String part) {
    return line(text, part).replaceFirst("^.*\\d\\.\\d  ", "");
  }

  private static String line(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }
}
