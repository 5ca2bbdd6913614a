package dev.concordat.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.core.Context;
import dev.concordat.core.TraceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class LogsTest {
  private static final TraceContext TRACE =
      new TraceContext("a".repeat(32), "b".repeat(16), true, "");

  @TempDir Path folder;

  @AfterEach
  void back() {
    Logs.configure(LogOptions.DEFAULT);
  }

  @Test
  void aLineIsAJsonObjectWithTheTraceOfTheRunningCode() throws IOException {
    log(LogOptions.DEFAULT.withService("process"));
    Context.root()
        .withService("orders")
        .withTrace(TRACE)
        .run(() -> LoggerFactory.getLogger("shop.Desk").info("order {} placed", 7));
    LoggerFactory.getLogger("shop.Desk").warn("outside");

    Struct inside = lines().get(0);
    Struct outside = lines().get(1);

    assertThat(text(inside, "message")).isEqualTo("order 7 placed");
    assertThat(text(inside, "level")).isEqualTo("INFO");
    assertThat(text(inside, "logger")).isEqualTo("shop.Desk");
    assertThat(text(inside, "service")).isEqualTo("orders");
    assertThat(text(inside, "trace_id")).isEqualTo(TRACE.traceId());
    assertThat(text(inside, "span_id")).isEqualTo(TRACE.spanId());
    assertThat(text(inside, "thread")).isEqualTo(Thread.currentThread().getName());
    assertThat(Instant.parse(text(inside, "time"))).isAfter("2020-01-01T00:00:00Z");
    assertThat(text(outside, "service")).isEqualTo("process");
    assertThat(outside.getFieldsMap()).doesNotContainKeys("trace_id", "span_id", "exception");
  }

  @Test
  void anythingFitsIntoOneLine() throws IOException {
    log(LogOptions.DEFAULT);
    String evil = "a\nb\r\t\"c\\ \u0000\u0007\u2028 \ud800 ü 😀";
    LoggerFactory.getLogger("evil\"logger")
        .atInfo()
        .setMessage(evil)
        .addKeyValue("order", "ord-1")
        .addKeyValue("evil\n", evil)
        .log();

    Struct line = lines().getFirst();

    assertThat(text(line, "message")).isEqualTo("a\nb\r\t\"c\\ \uFFFD\u0007\u2028 \uFFFD ü 😀");
    Map<String, Value> fields = line.getFieldsOrThrow("fields").getStructValue().getFieldsMap();
    assertThat(fields).containsKeys("order", "evil\n");
  }

  @Test
  void anExceptionIsAField() throws IOException {
    log(LogOptions.DEFAULT);
    LoggerFactory.getLogger("shop.Desk")
        .error("failed", new IllegalStateException("broken", new IOException("disk")));

    assertThat(text(lines().getFirst(), "exception"))
        .startsWith("java.lang.IllegalStateException: broken")
        .contains("Caused by: java.io.IOException: disk")
        .contains("LogsTest");
  }

  @Test
  void theJdksTwoLogApisEndUpInTheSamePlace() throws IOException {
    log(LogOptions.DEFAULT);
    System.getLogger("of.system").log(System.Logger.Level.WARNING, "from {0}", "System.Logger");
    java.util.logging.Logger.getLogger("of.util").warning("from java.util.logging");

    assertThat(lines())
        .extracting(line -> text(line, "logger") + ": " + text(line, "message"))
        .containsExactly("of.system: from System.Logger", "of.util: from java.util.logging");
  }

  @Test
  void whatIsInTheMdcIsAField() throws IOException {
    log(LogOptions.DEFAULT);
    try (MDC.MDCCloseable tenant = MDC.putCloseable("tenant", "acme")) {
      assertThat(tenant).isNotNull();
      LoggerFactory.getLogger("a").info("b");
    }

    assertThat(lines().getFirst().getFieldsOrThrow("fields").getStructValue().getFieldsMap())
        .containsOnlyKeys("tenant");
  }

  @Test
  void levelsAndFormatAreChosen() throws IOException {
    log(
        LogOptions.fromEnvironment(
            Map.of("CONCORDAT_LOG", "text", "CONCORDAT_LOG_LEVEL", "debug")));
    Context.root()
        .withService("orders")
        .withTrace(TRACE)
        .run(() ->
            LoggerFactory.getLogger("shop.Desk").atDebug().addKeyValue("order", 7).log("placed"));
    LoggerFactory.getLogger("shop.Desk").trace("unseen");

    assertThat(Files.readString(folder.resolve("log")))
        .matches(
            "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} DEBUG orders     Desk: placed order=7  trace=a{32}\\n");
  }

  @Test
  void whatCannotBeReadInTheEnvironmentIsTheDefault() {
    assertThat(LogOptions.fromEnvironment(Map.of("CONCORDAT_LOG_LEVEL", "loud")))
        .isEqualTo(LogOptions.DEFAULT);
  }

  private void log(LogOptions options) {
    Logs.configure(options.withFile(folder.resolve("log")));
  }

  private List<Struct> lines() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("log"));
    return lines.stream().map(LogsTest::parse).toList();
  }

  private static Struct parse(String line) {
    try {
      Struct.Builder struct = Struct.newBuilder();
      JsonFormat.parser().merge(line, struct);
      return struct.build();
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  private static String text(Struct line, String field) {
    return line.getFieldsOrThrow(field).getStringValue();
  }
}
