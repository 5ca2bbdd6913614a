package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.edge.test.Color;
import dev.concordat.edge.test.Every;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranscoderTest {
  private static final int ROUNDS = 1_000;
  private final Transcoder transcoder = new Transcoder(List.of(Every.getDescriptor().getFile()));
  private final Schema every = transcoder.schema(Every.getDescriptor());
  private final JsonFormat.TypeRegistry types =
      JsonFormat.TypeRegistry.newBuilder().add(Every.getDescriptor()).build();

  private Every read(String json) throws InvalidProtocolBufferException {
    return Every.parseFrom(transcoder.toProto(json.getBytes(StandardCharsets.UTF_8), every));
  }

  private String write(Every message) {
    return new String(transcoder.toJson(message.toByteArray(), every), StandardCharsets.UTF_8);
  }

  @Nested
  class AgainstJsonFormat {
    private final long seed = new Random().nextLong();

    @Test
    void readsWhatJsonFormatWrites() throws Exception {
      RandomMessages random = new RandomMessages(new Random(seed));
      for (int i = 0; i < ROUNDS; i++) {
        Every message = random.every(2);
        var printer = JsonFormat.printer().usingTypeRegistry(types);
        printer = i % 2 == 0 ? printer : printer.preservingProtoFieldNames();
        String json = printer.print(message);
        assertThat(sorted(read(json)))
            .as("seed %d, round %d, %s", seed, i, json)
            .isEqualTo(sorted(message));
      }
    }

    @Test
    void writesWhatJsonFormatWrites() throws Exception {
      RandomMessages random = new RandomMessages(new Random(seed));
      var printer = JsonFormat.printer().usingTypeRegistry(types).alwaysPrintFieldsWithNoPresence();
      for (int i = 0; i < ROUNDS; i++) {
        Every message = random.every(2);
        assertThat(JsonParser.parseString(write(message)))
            .as("seed %d, round %d", seed, i)
            .isEqualTo(JsonParser.parseString(printer.print(message)));
      }
    }

    @Test
    void readsWhatItWrites() throws Exception {
      RandomMessages random = new RandomMessages(new Random(seed));
      for (int i = 0; i < ROUNDS; i++) {
        Every message = random.every(2);
        assertThat(sorted(read(write(message))))
            .as("seed %d, round %d", seed, i)
            .isEqualTo(sorted(message));
      }
    }

    @Test
    void mangledInputIsReadOrRefusedAndNothingElse() {
      Random dice = new Random(seed);
      RandomMessages random = new RandomMessages(dice);
      for (int i = 0; i < ROUNDS; i++) {
        byte[] json = transcoder.toJson(random.every(1).toByteArray(), every);
        for (int j = 0; j < 8; j++) {
          byte[] mangled = mangle(json, dice);
          try {
            assertThat(Every.parseFrom(transcoder.toProto(mangled, every))).isNotNull();
          } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(e.details().violations()).hasSize(1);
          } catch (Exception e) {
            throw new AssertionError("seed " + seed + ", round " + i + "." + j, e);
          }
        }
      }
    }

    @Test
    void mangledAnswersAreWrittenOrRefusedAndNothingElse() {
      Random dice = new Random(seed);
      RandomMessages random = new RandomMessages(dice);
      for (int i = 0; i < ROUNDS; i++) {
        byte[] proto = random.every(1).toByteArray();
        for (int j = 0; j < 8; j++) {
          try {
            byte[] json = transcoder.toJson(mangle(proto, dice), every);
            var _ = JsonParser.parseString(new String(json, StandardCharsets.UTF_8));
          } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Code.INTERNAL);
          } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", round " + i + "." + j, e);
          }
        }
      }
    }

    /// As text, since the bytes inside an `Any` have no fixed order.
    private String sorted(Every message) throws InvalidProtocolBufferException {
      return JsonFormat.printer().usingTypeRegistry(types).sortingMapKeys().print(message);
    }

    private static byte[] mangle(byte[] in, Random dice) {
      byte[] out = in.clone();
      for (int n = 1 + dice.nextInt(3); n > 0 && out.length > 0; n--) {
        int at = dice.nextInt(out.length);
        switch (dice.nextInt(5)) {
          case 0 -> out[at] = (byte) dice.nextInt(256);
          case 1 -> out[at] = (byte) "{}[]\",:0-1e.\\nu t".charAt(dice.nextInt(17));
          case 2 -> out = java.util.Arrays.copyOf(out, at);
          case 3 -> {
            int other = dice.nextInt(out.length);
            System.arraycopy(
                in, Math.min(at, other), out, 0, Math.min(out.length, Math.abs(at - other)));
          }
          default -> out[at] ^= (byte) (1 << dice.nextInt(8));
        }
      }
      return out;
    }
  }

  @Nested
  class Refuses {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            {"nope":1}                               | nope | json.unknown_field
            {"many":[{},{},{"qty":1}]}               | many[2].qty | json.unknown_field
            {"nested":{"anInt32":"x"}}               | nested.anInt32 | json.type
            {"anInt32":true}                         | anInt32 | json.type
            {"anInt32":1.5}                          | anInt32 | json.type
            {"anInt32":1e-1000000}                   | anInt32 | json.type
            {"anInt32":2147483648}                   | anInt32 | json.range
            {"anInt32":1e999999999}                  | anInt32 | json.range
            {"anInt64":9223372036854775808}          | anInt64 | json.range
            {"aUint32":-1}                           | aUint32 | json.range
            {"aUint64":"18446744073709551616"}       | aUint64 | json.range
            {"aFloat":1e39}                          | aFloat | json.range
            {"aDouble":1e400}                        | aDouble | json.range
            {"aDouble":"1,5"}                        | aDouble | json.type
            {"aBool":"true"}                         | aBool | json.type
            {"aString":5}                            | aString | json.type
            {"ints":5}                               | ints | json.type
            {"ints":[1,null]}                        | ints[1] | json.type
            {"labels":[]}                            | labels | json.type
            {"labels":{"a":null}}                    | labels.a | json.type
            {"labels":{"a":"1","a":"2"}}             | labels.a | json.duplicate
            {"byNumber":{"x":{}}}                    | byNumber.x | json.type
            {"byBool":{"yes":1}}                     | byBool.yes | json.type
            {"anInt32":1,"an_int32":1}               | an_int32 | json.duplicate
            {"anInt32":1,"anInt32":null}             | anInt32 | json.duplicate
            {"textChoice":"a","numberChoice":1}      | numberChoice | json.oneof
            {"color":"RED"}                          | color | json.enum
            {"someBytes":"a"}                        | someBytes | json.base64
            {"someBytes":"ab=c"}                     | someBytes | json.base64
            {"timestamp":"2026-02-30T00:00:00Z"}     | timestamp | json.timestamp
            {"timestamp":"2026-01-01"}               | timestamp | json.timestamp
            {"timestamp":1}                          | timestamp | json.type
            {"duration":"1"}                         | duration | json.duration
            {"duration":"315576000001s"}             | duration | json.duration
            {"mask":"a..b"}                          | mask | json.field_mask
            {"any":{"a":1}}                          | any | json.syntax
            {"any":{"@type":"x/nope.Nope"}}          | any | json.any
            {"struct":[]}                            | struct | json.type
            {"aString":"\\ud800"}                    | aString | json.utf8
            {"aString":"\\udc00\\ud800"}             | aString | json.utf8
            {"aString":"\\x"}                        | aString | json.syntax
            {"anInt32":01}                           | anInt32 | json.syntax
            {"anInt32":+1}                           | anInt32 | json.type
            {"anInt32":1,}                           | '' | json.syntax
            {"ints":[1,]}                            | ints[1] | json.type
            {"anInt32":1} x                          | '' | json.syntax
            {"anInt32":1}{}                          | '' | json.syntax
            {"anInt32"                               | '' | json.syntax
            {anInt32:1}                              | '' | json.syntax
            []                                       | '' | json.syntax
            nul                                      | '' | json.syntax
            """)
    void namesPathAndRule(String json, String path, String rule) {
      assertThatThrownBy(() -> read(json))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
                assertThat(failure.details().violations())
                    .singleElement()
                    .satisfies(violation -> {
                      assertThat(violation.rule()).as(violation.description()).isEqualTo(rule);
                      assertThat(violation.field()).isEqualTo(path);
                    });
              });
    }

    @Test
    void whatIsNestedTooDeep() {
      String nested = "{\"nested\":".repeat(101) + "{}" + "}".repeat(101);
      assertThatThrownBy(() -> read(nested)).hasMessageContaining("100 levels");
      String lists = "{\"value\":" + "[".repeat(500_000);
      assertThatThrownBy(() -> read(lists)).hasMessageContaining("100 levels");
      String any =
          "{\"any\":{\"@type\":\"t/google.protobuf.Value\",\"value\":" + "[".repeat(500_000);
      assertThatThrownBy(() -> read(any)).hasMessageContaining("100 levels");
    }

    @Test
    void bytesThatAreNotUtf8() {
      byte[] json = {'{', '"', 'a', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'};
      assertThatThrownBy(() -> transcoder.toProto(json, every)).hasMessageContaining("UTF-8");
    }
  }

  @Test
  void deepestNestingIsReadByTheReceiver() throws Exception {
    String nested = "{\"nested\":".repeat(100) + "{}" + "}".repeat(100);
    assertThat(read(nested).hasNested()).isTrue();
    String lists = "{\"value\":" + "[".repeat(49) + "]".repeat(49) + "}";
    assertThat(read(lists).getValue().hasListValue()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "1e2", "100.0", "1.0e2", "\"100\"", "\"1e2\"", "1000e-1"})
  void wholeNumbersMayBeWrittenInManyWays(String number) throws Exception {
    Every read = read("{\"anInt32\":%1$s,\"anInt64\":%1$s,\"aUint64\":%1$s}".formatted(number));
    assertThat(read.getAnInt32()).isEqualTo(100);
    assertThat(read.getAnInt64()).isEqualTo(100);
    assertThat(read.getAUint64()).isEqualTo(100);
  }

  @Test
  void nullIsAbsent() throws Exception {
    assertThat(
            read(
                "{\"anInt32\":null,\"many\":null,\"labels\":null,\"nested\":null,"
                    + "\"boolValue\":null}"))
        .isEqualTo(Every.getDefaultInstance());
    assertThat(read("{\"textChoice\":null,\"numberChoice\":\"5\"}").getNumberChoice()).isEqualTo(5);
    assertThat(read("{\"value\":null}").getValue().hasNullValue()).isTrue();
    assertThat(read("{\"nullChoice\":null}").hasNullChoice()).isTrue();
  }

  @Test
  void presenceSurvives() throws Exception {
    Every read = read("{\"maybeInt\":0,\"maybeString\":\"\"}");
    assertThat(read.hasMaybeInt()).isTrue();
    assertThat(read.hasMaybeString()).isTrue();
    assertThat(read.hasMaybeBool()).isFalse();
    assertThat(write(read)).contains("\"maybeInt\":0").doesNotContain("maybeBool");
  }

  @Test
  void enumsComeByNameOrNumber() throws Exception {
    assertThat(read("{\"colors\":[\"COLOR_RED\",7,-3]}").getColorsList())
        .containsExactly(Color.COLOR_RED, Color.COLOR_DEEP_BLUE, Color.COLOR_NEGATIVE);
  }

  @Test
  void base64ComesInBothAlphabets() throws Exception {
    for (String text : List.of("-_8=", "+/8=", "-_8", "+/8")) {
      assertThat(read("{\"someBytes\":\"" + text + "\"}").getSomeBytes().toByteArray())
          .containsExactly(0xfb, 0xff);
    }
  }

  @Test
  void messagesInPiecesAreMergedAsTheWireSays() {
    byte[] one =
        Every.newBuilder().setNested(Every.newBuilder().setAnInt32(1)).build().toByteArray();
    byte[] two =
        Every.newBuilder().setNested(Every.newBuilder().setAString("x")).build().toByteArray();
    WireWriter both = new WireWriter(0);
    both.append(one, 0, one.length);
    both.append(two, 0, two.length);
    String json = new String(transcoder.toJson(both.toBytes(), every), StandardCharsets.UTF_8);
    var nested = JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("nested");
    assertThat(nested.get("anInt32").getAsInt()).isEqualTo(1);
    assertThat(nested.get("aString").getAsString()).isEqualTo("x");
  }
}
