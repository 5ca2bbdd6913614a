package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who does not keep to the protocol, on real sockets. Somebody well-behaved calls all the while.
class BadInputTest {
  private static final String LOOK = "/probe.v1.Probe/Look";
  private static final String SECRET = "s3cret-that-nobody-may-log";

  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes, s -> s, c -> c);
  private final LogLines log = new LogLines();
  private final Background neighbour = new Background("neighbour");
  private final List<Throwable> hurt = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void begin() {
    Logger.getLogger("").addHandler(log);
    neighbour.start(
        "call",
        () -> {
          while (!neighbour.stopping()) {
            try {
              Context.root()
                  .withDeadline(Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM))
                  .run(() -> pair.client.look(LookRequest.getDefaultInstance()));
            } catch (RuntimeException e) {
              if (!neighbour.stopping()) {
                hurt.add(e);
              }
            }
          }
        });
  }

  @AfterEach
  void othersAreUnhurtAndLittleIsLogged() {
    assertThatCode(() -> pair.client.look(LookRequest.getDefaultInstance()))
        .doesNotThrowAnyException();
    neighbour.stop(Duration.ofSeconds(20));
    pair.close();
    Logger.getLogger("").removeHandler(log);
    assertThat(hurt).isEmpty();
    assertThat(log.lines).hasSizeLessThan(20).noneMatch(line -> line.contains(SECRET));
  }

  @ParameterizedTest
  @CsvSource({
    "/probe.v1.Probe/Nothing, 12",
    "/probe.v1.Nobody/Look, 12",
    "/, 12",
    "probe, 12",
    "/probe.v1.Probe/Look/../Strike, 12"
  })
  void unknownMethodIsUnimplemented(String path, String status) throws IOException {
    assertThat(asked(RawHttp2.call(path)).get("grpc-status")).isEqualTo(status);
    assertThat(probes.strikes).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({"text/plain, 415", "application/json, 415", "'', 415"})
  void wrongContentTypeIsRefused(String type, String status) throws IOException {
    var headers = RawHttp2.call(LOOK);
    headers.put("content-type", type);
    assertThat(asked(headers).get(":status")).isEqualTo(status);
  }

  @Test
  void wrongHttpMethodIsRefused() throws IOException {
    var headers = RawHttp2.call(LOOK);
    headers.put(":method", "GET");
    assertThat(asked(headers).get(":status")).isEqualTo("405");
  }

  @Test
  void http1IsNotAnswered() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pair.server.port())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: " + SECRET + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .doesNotContain("200", "probe");
    }
  }

  @ParameterizedTest
  @CsvSource({"abc", "-5S", "''", "5", "S", "123456789S", "99999999H", "5Y", "1.5S", "٣S"})
  void absurdDeadlineIsTheContracts(String timeout) throws IOException {
    probes.onLook =
        request -> {
          var left = Context.current().deadline().orElseThrow().remaining();
          return LookResponse.newBuilder().setNumber(left.toSeconds()).build();
        };
    var headers = RawHttp2.call(LOOK);
    headers.put("grpc-timeout", timeout);
    assertThat(asked(headers).get("grpc-status")).isEqualTo("0");
  }

  @Test
  void deadlineOfZeroIsOver() throws IOException {
    var headers = RawHttp2.call("/probe.v1.Probe/Strike");
    headers.put("grpc-timeout", "0n");
    assertThat(asked(headers).get("grpc-status")).isEqualTo("4");
    assertThat(probes.strikes).hasValue(0);
  }

  @Test
  void compressedBombIsRefusedByItsUnpackedSize() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        gzip.write(zeros);
      }
    }
    var headers = RawHttp2.call(LOOK);
    headers.put("grpc-encoding", "gzip");
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      for (int call = 0; call < 20; call++) {
        int stream = 2 * call + 1;
        raw.headers(stream, 0, headers);
        raw.frame(RawHttp2.DATA, 0, stream, prefix(1, packed.size()));
        byte[] bytes = packed.toByteArray();
        for (int from = 0; from < bytes.length; from += 16_000) {
          int to = Math.min(bytes.length, from + 16_000);
          boolean last = to == bytes.length;
          raw.frame(
              RawHttp2.DATA,
              last ? RawHttp2.END_STREAM : 0,
              stream,
              Arrays.copyOfRange(bytes, from, to));
        }
        var outcome = raw.outcome(stream);
        assertThat(outcome.get("grpc-status")).isEqualTo("8");
      }
    }
  }

  @Test
  void unknownCompressionIsUnimplemented() throws IOException {
    var headers = RawHttp2.call(LOOK);
    headers.put("grpc-encoding", "lzma");
    assertThat(asked(headers).get("grpc-status")).isEqualTo("12");
  }

  @Test
  void messageThatClaimsToBeHugeIsRefused() throws IOException {
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      raw.headers(1, 0, RawHttp2.call(LOOK));
      raw.frame(RawHttp2.DATA, 0, 1, prefix(0, Integer.MAX_VALUE));
      assertThat(raw.outcome(1).get("grpc-status")).isEqualTo("8");
    }
  }

  @Test
  void messageThatIsNoneIsRefused() throws IOException {
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      raw.headers(1, 0, RawHttp2.call(LOOK));
      raw.message(1, 0, SECRET.getBytes(StandardCharsets.US_ASCII));
      var outcome = raw.outcome(1);
      assertThat(outcome.get("grpc-status")).isEqualTo("3");
      assertThat(outcome.get("grpc-message")).contains("LookRequest").doesNotContain(SECRET);
    }
  }

  @Test
  void metadataBeyondTheLimitIsRefused() throws IOException {
    var headers = RawHttp2.call(LOOK);
    headers.put("x-large", SECRET.repeat(1_000));
    assertThat(asked(headers).get("grpc-status")).isNotEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"concordat-caller", "traceparent", "baggage", "idempotency-key", "x-other"})
  void lineBreaksInAHeaderInjectNothing(String name) throws IOException {
    var headers = RawHttp2.call("/probe.v1.Probe/Whisper");
    headers.put(name, "friend\r\nconcordat-caller: friend\u0000");
    assertThat(asked(headers).get("grpc-status")).isNotEqualTo("0");
  }

  @Test
  void binaryHeaderThatIsNoBase64DoesNoHarm() throws IOException {
    var headers = RawHttp2.call(LOOK);
    headers.put("x-bin", "!!! not base64 !!!");
    headers.put("grpc-trace-bin", "\u00ff\u00fe");
    Map<String, String> outcome = asked(headers);
    assertThat(outcome).isNotEmpty();
    assertThat(outcome.get("grpc-status")).isNotEqualTo("2");
  }

  @Test
  void rapidResetsEndTheConnection() throws IOException {
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      byte[] cancel = {0, 0, 0, 8};
      Map<String, String> headers = RawHttp2.call(LOOK);
      int stream = 1;
      try {
        for (; stream < 40_000; stream += 2) {
          raw.headers(stream, RawHttp2.END_STREAM, headers);
          raw.frame(RawHttp2.RST_STREAM, 0, stream, cancel);
        }
      } catch (IOException e) {
        return;
      }
      assertThat(raw.outcome(stream).keySet()).containsAnyOf("closed", "goaway");
    }
  }

  @Test
  void endlessHeadersEndTheConnection() throws IOException {
    byte[] block = RawHttp2.encode(Map.of("x", SECRET.repeat(100)));
    flood(RawHttp2.CONTINUATION, 1, 20_000, block, RawHttp2.call(LOOK));
  }

  @Test
  void floodOfEmptyContinuationsEndsTheConnection() throws IOException {
    flood(RawHttp2.CONTINUATION, 1, 50_000, new byte[0], RawHttp2.call(LOOK));
  }

  @Test
  void floodOfPingsEndsTheConnection() throws IOException {
    flood(RawHttp2.PING, 0, 50_000, new byte[8], Map.of());
  }

  @Test
  void floodOfSettingsIsEndured() throws IOException {
    byte[] windows = {0, 4, 0, 0, (byte) 0xff, (byte) 0xff};
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      for (int i = 0; i < 50_000; i++) {
        raw.frame(RawHttp2.SETTINGS, 0, 0, windows);
      }
      raw.flush();
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
  }

  @Test
  void thousandsOfStreamsThatSayNothingHoldLittleMemory() throws IOException {
    long before = heap();
    List<RawHttp2> open = new ArrayList<>();
    try {
      for (int connection = 0; connection < 5; connection++) {
        RawHttp2 raw = new RawHttp2(pair.server.port());
        open.add(raw);
        for (int i = 0; i < 1_000; i++) {
          raw.headers(2 * i + 1, 0, RawHttp2.call(LOOK));
        }
        raw.flush();
      }
      Eventually.holds("they are open", () -> pair.server.busy() >= 5_000);
      assertThat(heap() - before).as("bytes for 5,000 streams").isLessThan(100_000_000);
    } finally {
      for (RawHttp2 raw : open) {
        raw.close();
      }
    }
    Eventually.holds("all are gone", () -> pair.server.busy() < 10);
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnce() throws IOException {
    List<Socket> open = new ArrayList<>();
    try (Pair few =
        Pair.of(
            probes, s -> s.withProtection(Protection.DEFAULT.withConnections(100, 5)), c -> c)) {
      assertThatCode(() -> few.client.look(LookRequest.getDefaultInstance()))
          .doesNotThrowAnyException();
      for (int i = 0; i < 20; i++) {
        open.add(new Socket(InetAddress.getLoopbackAddress(), few.server.port()));
      }
      Socket last = open.getLast();
      last.setSoTimeout(20_000);
      assertThat(last.getInputStream().readNBytes(1)).as("closed").isEmpty();
      assertThatCode(() -> few.client.look(LookRequest.getDefaultInstance()))
          .doesNotThrowAnyException();
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private void flood(int type, int stream, int frames, byte[] payload, Map<String, String> first)
      throws IOException {
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      try {
        if (stream > 0) {
          raw.frame(RawHttp2.HEADERS, 0, stream, RawHttp2.encode(first));
        }
        for (int i = 0; i < frames; i++) {
          raw.frame(type, 0, stream, payload);
        }
        raw.flush();
      } catch (IOException e) {
        return;
      }
      assertThat(raw.outcome(stream).keySet()).containsAnyOf("closed", "goaway");
    }
  }

  private Map<String, String> asked(Map<String, String> headers) throws IOException {
    try (RawHttp2 raw = new RawHttp2(pair.server.port())) {
      raw.headers(1, 0, headers);
      raw.message(1, 0, new byte[0]);
      return raw.outcome(1);
    }
  }

  private static byte[] prefix(int compressed, int length) {
    return ByteBuffer.allocate(5).put((byte) compressed).putInt(length).array();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /// What is logged at INFO and above, as text.
  private static final class LogLines extends Handler {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    LogLines() {
      setLevel(Level.INFO);
    }

    @Override
    public void publish(LogRecord record) {
      lines.add(new SimpleFormatter().format(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
