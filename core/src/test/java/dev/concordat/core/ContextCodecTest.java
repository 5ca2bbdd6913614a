package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextCodecTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private final ManualClock clock = new ManualClock();
  private final ContextCodec codec = new ContextCodec(clock, Limits.DEFAULT);

  @Nested
  class RoundTrip {
    @Test
    void everythingThatTravelsArrives() {
      Context sent =
          Context.root()
              .withDeadline(Deadline.after(Duration.ofMillis(1_500), clock))
              .withCaller("orders")
              .withPriority(Priority.HIGH)
              .withIdempotencyKey("order-1/charge")
              .withAttempt(3)
              .withTrace(new TraceContext(TRACE, SPAN, true, "congo=t61rcWkgMzE"))
              .withBaggage(Map.of("tenant", "Ümläut, \"quoted\"; 100 % + more", "b", ""));

      Context received = codec.read(carrier(written(sent)));

      assertThat(received)
          .usingRecursiveComparison()
          .withEqualsForType(Object::equals, Cancellation.class)
          .isEqualTo(sent);
    }

    @Test
    void whatIsUsualCostsNoHeader() {
      assertThat(written(Context.root())).isEmpty();
    }

    @Test
    void neitherServiceNorCancellationTravels() {
      Context sent = Context.root().withService("orders").withCancellation(Cancellation.create());

      assertThat(written(sent)).isEmpty();
    }

    @Test
    void aMessageCarriesTheInstantAndACallTheTimeThatIsLeft() {
      Context context = Context.root().withDeadline(Deadline.after(Duration.ofSeconds(5), clock));
      Map<String, String> message = new HashMap<>();
      codec.writeDeadline(context, carrier(message));
      assertThat(message).containsEntry("concordat-deadline", "2026-01-01T00:00:05Z");

      clock.advance(Duration.ofSeconds(2));

      assertThat(remaining(codec.read(carrier(message)))).isEqualTo(Duration.ofSeconds(3));
      Map<String, String> call = new HashMap<>();
      codec.writeTimeout(context, carrier(call));
      assertThat(call).containsEntry("grpc-timeout", "3000000u");
    }

    @Test
    void theEarlierOfTwoDeadlinesHolds() {
      Map<String, String> both =
          Map.of("grpc-timeout", "9S", "concordat-deadline", "2026-01-01T00:00:05Z");

      assertThat(remaining(codec.read(carrier(both)))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void namesAreReadInAnyCaseAndReplacedInAnyCase() {
      Map<String, String> headers = new LinkedHashMap<>(Map.of("Idempotency-Key", "k"));
      assertThat(codec.read(carrier(headers)).idempotencyKey()).contains("k");

      codec.write(Context.root().withIdempotencyKey("other"), carrier(headers));

      assertThat(headers).containsExactly(Map.entry("idempotency-key", "other"));
    }

    @Test
    void whatCannotStandInAHeaderIsLeftOut() {
      Context context =
          Context.root().withIdempotencyKey("a\r\nset-cookie: x").withCaller("müller");

      assertThat(written(context)).isEmpty();
    }
  }

  @Nested
  class Timeout {
    @ParameterizedTest
    @CsvSource({
      "PT0S, 0n",
      "PT-5S, 0n",
      "PT0.000000001S, 1n",
      "PT0.099999999S, 99999999n",
      "PT0.1S, 100000u",
      "PT100S, 100000m",
      "PT100000S, 100000S",
      "PT1666666H, 52560000M",
    })
    void isWrittenInTheFinestUnitThatFits(Duration left, String text) {
      assertThat(ContextCodec.formatTimeout(left)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
      "1H, PT1H",
      "2M, PT2M",
      "3S, PT3S",
      "4m, PT0.004S",
      "5u, PT0.000005S",
      "6n, PT0.000000006S",
      "00000001S, PT1S",
      "99999999H, PT99999999H",
    })
    void isRead(String text, Duration left) {
      assertThat(ContextCodec.parseTimeout(text)).contains(left);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"", "S", "1", "-1S", "+1S", "1s", "1 S", "1.5S", "100000000S", "١S", "1SS"})
    void isAbsentWhenMalformed(String text) {
      assertThat(ContextCodec.parseTimeout(text)).isEmpty();
    }

    @Test
    void neverGrowsOnTheWire() {
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      for (int i = 0; i < 10_000; i++) {
        Duration left = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 61)));

        Duration read = ContextCodec.parseTimeout(ContextCodec.formatTimeout(left)).orElseThrow();

        assertThat(read).as("seed %d", seed).isLessThanOrEqualTo(left);
        assertThat(left.minus(read).toNanos())
            .as("%s, seed %d", left, seed)
            .isLessThanOrEqualTo(left.toNanos() / 10_000);
      }
    }
  }

  @Nested
  class Trace {
    @Test
    void isReadAndWritten() {
      TraceContext trace =
          TraceContext.parse("00-" + TRACE + "-" + SPAN + "-01", "a=1,b=2").orElseThrow();

      assertThat(trace).isEqualTo(new TraceContext(TRACE, SPAN, true, "a=1,b=2"));
      assertThat(trace.traceparent()).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
    }

    // The cases of the W3C's own suite, github.com/w3c/trace-context/tree/main/test.
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "00",
          "00-" + TRACE + "-" + SPAN,
          "00-" + TRACE + "-" + SPAN + "-1",
          "00-" + TRACE + "-" + SPAN + "-0x",
          "00-" + TRACE + "-" + SPAN + "-01-",
          "00-" + TRACE + "-" + SPAN + "-01.",
          "00-" + TRACE + "-" + SPAN + "-01-what-the-future-will-be-like",
          "ff-" + TRACE + "-" + SPAN + "-01",
          "0-" + TRACE + "-" + SPAN + "-01",
          "000-" + TRACE + "-" + SPAN + "-01",
          ".0-" + TRACE + "-" + SPAN + "-01",
          "cc-" + TRACE + "-" + SPAN + "-01.what",
          "00-00000000000000000000000000000000-" + SPAN + "-01",
          "00-" + TRACE + "-0000000000000000-01",
          "00-0AF7651916CD43DD8448EB211C80319C-" + SPAN + "-01",
          "00-.af7651916cd43dd8448eb211c80319c-" + SPAN + "-01",
          "00-" + TRACE + "-.7ad6b716920333 -01",
          " 00-" + TRACE + "-" + SPAN + "-01",
        })
    void isAbsentWhenMalformed(String traceparent) {
      assertThat(TraceContext.parse(traceparent, "a=1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "-what-the-future-will-be-like"})
    void ofAFutureVersionIsReadAsFarAsKnown(String more) {
      assertThat(TraceContext.parse("cc-" + TRACE + "-" + SPAN + "-01" + more, ""))
          .contains(new TraceContext(TRACE, SPAN, true, ""));
    }

    @ParameterizedTest
    @CsvSource({"00, false", "01, true", "02, false", "03, true", "ff, true", "fe, false"})
    void isRecordedWhenTheLowestFlagSaysSo(String flags, boolean sampled) {
      assertThat(TraceContext.parse("00-" + TRACE + "-" + SPAN + "-" + flags, ""))
          .hasValueSatisfying(trace -> assertThat(trace.sampled()).isEqualTo(sampled));
    }

    @Test
    void aStateThatIsMalformedOrTooLongDoesNotCostTheTrace() {
      String parent = "00-" + TRACE + "-" + SPAN + "-01";

      assertThat(TraceContext.parse(parent, "a=\u0007")).map(TraceContext::state).contains("");
      assertThat(TraceContext.parse(parent, "x".repeat(513))).map(TraceContext::state).contains("");
      assertThat(TraceContext.parse(parent, "x".repeat(512)))
          .map(TraceContext::state)
          .contains("x".repeat(512));
    }

    @Test
    void goesOnUnderTheSameTraceId() {
      TraceContext begin = TraceContext.begin(new Random(1));
      TraceContext child = begin.child(new Random(2));

      assertThat(child.traceId()).isEqualTo(begin.traceId());
      assertThat(child.spanId()).isNotEqualTo(begin.spanId());
    }
  }

  @Nested
  class BaggageHeader {
    // Examples of the W3C Baggage recommendation.
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "key1=value1,key2=value2 | {key1=value1, key2=value2}",
          "key1=value1,key2=value2;property1;property2,key3=v3;p=v | {key1=value1, key2=value2,"
              + " key3=v3}",
          "SomeKey \t = \t SomeValue \t ; \t SomeProp | {SomeKey=SomeValue}",
          "userId=Am%C3%A9lie,serverNode=DF%2028 | {userId=Amélie, serverNode=DF 28}",
          "SomeKey=SomeValue=equals | {SomeKey=SomeValue=equals}",
          "a=1%2C2%3B3,b=%22%5C | {a=1,2;3, b=\"\\}",
          "a=1,a=2 | {a=2}",
          "a=+ | {a=+}",
          "a=%ff | {a=\uFFFD}",
          "a= | {a=}",
        })
    void isRead(String header, String baggage) {
      assertThat(codec.read(carrier(Map.of("baggage", header))).baggage()).hasToString(baggage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "a", "=b", "a b=c", "a=%", "a=%2", "a=%zz", "ü=1", "a=ü", ";"})
    void leavesOutWhatIsMalformed(String member) {
      assertThat(codec.read(carrier(Map.of("baggage", "ok=1," + member + ",more=2"))).baggage())
          .containsExactly(Map.entry("ok", "1"), Map.entry("more", "2"));
    }

    @Test
    void holdsSixtyFourMembers() {
      Map<String, String> many =
          IntStream.range(0, 70)
              .boxed()
              .collect(Collectors.toMap(i -> "k" + i, i -> "v", (a, b) -> a, LinkedHashMap::new));
      String header = many.keySet().stream().map(k -> k + "=v").collect(Collectors.joining(","));

      assertThat(codec.read(carrier(Map.of("baggage", header))).baggage())
          .hasSize(64)
          .containsKey("k63");
      assertThat(written(Context.root().withBaggage(many)))
          .hasEntrySatisfying("baggage", text -> assertThat(text.split(",", -1)).hasSize(64));
    }

    @Test
    void keepsToItsLimitInBytes() {
      ContextCodec small = new ContextCodec(clock, Limits.DEFAULT.withBaggageBytes(7));
      Map<String, String> headers = new HashMap<>();
      Map<String, String> baggage = new LinkedHashMap<>();
      baggage.put("a", "1");
      baggage.put("long", "value");
      baggage.put("b", "2");

      small.write(Context.root().withBaggage(baggage), carrier(headers));

      assertThat(headers).containsEntry("baggage", "a=1,b=2");
      assertThat(small.read(carrier(headers)).baggage()).hasSize(2);
      assertThat(small.read(carrier(Map.of("baggage", "a=1,b=22"))).baggage()).isEmpty();
    }
  }

  @Nested
  class StrangersHeaders {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "-1000000000-01-01T00:00:00Z",
          "+1000000000-12-31T23:59:59.999999999Z",
          "soon",
          ""
        })
    void neverFailForADeadline(String instant) {
      Context context = codec.read(carrier(Map.of("concordat-deadline", instant)));

      context
          .deadline()
          .ifPresent(
              deadline -> assertThat(deadline.remaining()).isGreaterThanOrEqualTo(Duration.ZERO));
    }

    @Test
    void areCutToTheirLimits() {
      Map<String, String> headers =
          Map.of(
              "idempotency-key", "k".repeat(201),
              "concordat-caller", "a\nb",
              "concordat-priority", "urgent",
              "concordat-attempt", "99999999999");

      Context context = codec.read(carrier(headers));

      assertThat(context.idempotencyKey()).isEmpty();
      assertThat(context.caller()).isEmpty();
      assertThat(context.priority()).isEqualTo(Priority.NORMAL);
      assertThat(context.attempt()).isEqualTo(1);
    }

    @Test
    void neverFailWhateverTheyHold() {
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      List<String> names =
          List.of(
              "grpc-timeout",
              "concordat-deadline",
              "traceparent",
              "tracestate",
              "baggage",
              "idempotency-key",
              "concordat-caller",
              "concordat-priority",
              "concordat-attempt");
      for (int i = 0; i < 20_000; i++) {
        Map<String, String> headers = new HashMap<>();
        names.forEach(name -> headers.put(name, mangled(name, random)));

        assertThatCode(
                () -> {
                  Context context = codec.read(carrier(headers));
                  Map<String, String> again = written(context);
                  assertThat(written(codec.read(carrier(again)))).isEqualTo(again);
                })
            .as("seed %d, headers %s", seed, headers)
            .doesNotThrowAnyException();
      }
    }

    private String mangled(String name, Random random) {
      String good =
          switch (name) {
            case "grpc-timeout" -> random.nextInt(1_000_000) + "m";
            case "concordat-deadline" -> "2026-01-01T00:00:01.5Z";
            case "traceparent" -> "00-" + TRACE + "-" + SPAN + "-01";
            case "baggage" -> "a=%C3%A4,b=2;x";
            case "concordat-attempt" -> "2";
            default -> "low";
          };
      StringBuilder text = new StringBuilder(good);
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(text.length() + 1);
        char c = (char) random.nextInt(random.nextBoolean() ? 128 : 0x3000);
        if (random.nextBoolean() || at == text.length()) {
          text.insert(at, c);
        } else {
          text.setCharAt(at, c);
        }
      }
      return text.toString();
    }
  }

  private Map<String, String> written(Context context) {
    Map<String, String> headers = new HashMap<>();
    codec.write(context, carrier(headers));
    codec.writeTimeout(context, carrier(headers));
    return headers;
  }

  private static Duration remaining(Context context) {
    return context.deadline().orElseThrow().remaining();
  }

  private static Carrier carrier(Map<String, String> headers) {
    return ContextCodec.carrier(headers);
  }
}
