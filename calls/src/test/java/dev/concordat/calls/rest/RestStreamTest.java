package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.calls.museum.v1.MuseumClient;
import dev.concordat.calls.museum.v1.Visitor;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import dev.concordat.core.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Server streams over HTTP.
class RestStreamTest {
  private static final GetPieceRequest SEVEN = GetPieceRequest.newBuilder().setPieceId("7").build();
  private static final int FLOOD = 64 * 1024;

  private final Company company = new Company();

  @AfterEach
  void close() {
    company.close();
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    try (Source<Visitor> visitors = company.client().watchVisitors(SEVEN)) {
      visitors.forEach(visitor -> texts.add(visitor.getText()));
    }
    return texts;
  }

  private Failure failureAfter(int messages) {
    try (Source<Visitor> visitors = company.client().watchVisitors(SEVEN)) {
      for (int i = 0; i < messages; i++) {
        assertThat(visitors.next()).isPresent();
      }
      return assertThatExceptionOfType(Failure.class).isThrownBy(visitors::next).actual();
    }
  }

  private void streams(String type, String... chunks) {
    company.script =
        (asked, wire) -> {
          wire.begin(type);
          for (String chunk : chunks) {
            wire.chunk(chunk);
          }
          wire.end();
        };
  }

  @Test
  void bothFormsAreAskedFor() {
    streams("application/x-ndjson");
    assertThat(texts()).isEmpty();
    assertThat(company.asked.getFirst().header("accept"))
        .isEqualTo("application/x-ndjson, text/event-stream;q=0.9, application/json;q=0.8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-ndjson",
        "application/jsonl",
        "application/stream+json",
        "application/json",
        "application/x-ndjson; charset=utf-8"
      })
  void linesComeHoweverTheyAreCut(String type) {
    streams(type, "{\"text\":\"a\"}\n{\"te", "xt\":\"ü\"}\r", "\n\n", "\n{\"text\":\"c\"}");
    assertThat(texts()).containsExactly("a", "ü", "c");
  }

  @Test
  void eventsComeAsTheStandardSays() {
    streams(
        "text/event-stream",
        ": hello\n\ndata: {\"text\":\"a\"}\r\n\r\nid: 7\nretry: 5\ndata:{\"text\":\ndata: \"b\"}\n",
        "\nevent: visitor\rdata: {\"text\":\"c\"}\r\r",
        "data: {\"text\":\"cut off\"}\n");
    assertThat(texts()).containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"event: end\ndata: {}\n\n", "data: [DONE]\n\n"})
  void eventsCanSayThatTheyEnd(String end) {
    company.script =
        (asked, wire) -> {
          wire.begin("text/event-stream");
          wire.chunk("data: {\"text\":\"a\"}\n\n" + end);
          wire.awaitGone();
        };
    assertThat(texts()).containsExactly("a");
  }

  @Test
  void arrayComesElementByElement() {
    streams(
        "application/json",
        " [{\"text\":\"a]\\\"\"}, {\"te",
        "xt\":\"b\",\"new\":[{}]}\n,{\"text\":\"c\"}]\n");
    assertThat(texts()).containsExactly("a]\"", "b", "c");
    streams("application/json", "[]");
    assertThat(texts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/x-ndjson | {\"@error\":{\"detail\":\"closed\",\"code\":\"ABORTED\"}}",
        "application/json |"
            + " [{\"text\":\"a\"},{\"@error\":{\"detail\":\"closed\",\"code\":\"ABORTED\"}}]",
        "application/json | {\"error\":{\"message\":\"closed\",\"status\":\"ABORTED\"}}"
      })
  void failureAfterTheFirstMessageIsToldInTheStream(String type, String last) {
    streams(type, (last.startsWith("[") ? "" : "{\"text\":\"a\"}\n") + last);
    Failure failure = failureAfter(1);
    assertThat(failure.code()).isEqualTo(Code.ABORTED);
    assertThat(failure.message()).isEqualTo("closed");
  }

  @Test
  void failureAmongEventsIsToldByItsName() {
    streams(
        "text/event-stream",
        """
        data: {"text":"a"}

        event: error
        data: {"detail":"closed","code":"ABORTED"}

        """);
    assertThat(failureAfter(1).code()).isEqualTo(Code.ABORTED);
  }

  @Test
  void streamThatBreaksOffIsNoEnd() {
    company.script =
        (asked, wire) -> {
          wire.begin("application/x-ndjson");
          wire.chunk("{\"text\":\"a\"}\n");
          wire.close();
        };
    Failure failure = failureAfter(1);
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure.details().reason()).isEqualTo("CONNECTION_LOST");
    streams("application/json", "[{\"text\":\"a\"},");
    assertThat(failureAfter(1).details().reason()).isEqualTo("ANSWER_UNREADABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no json\n", "{\"number\":\"many\"}\n", "{\n}\n", "[1]\n"})
  void messageThatIsNoneIsAClearFailure(String line) {
    streams("application/x-ndjson", line);
    Failure failure = failureAfter(0);
    assertThat(failure.code()).isEqualTo(Code.INTERNAL);
    assertThat(failure.details().reason()).isEqualTo("ANSWER_UNREADABLE");
  }

  @Test
  void refusalBeforeTheStreamIsAnOrdinaryFailure() {
    company.script = (asked, wire) -> wire.json(404, "{\"detail\":\"no such piece\"}");
    Failure failure = failureAfter(0);
    assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(failure.message()).isEqualTo("no such piece");
  }

  @Test
  void messageLargerThanTheLimitIsNotHeld() throws Exception {
    for (String type : List.of("application/x-ndjson", "text/event-stream", "application/json")) {
      company.script =
          (asked, wire) -> {
            wire.begin(type);
            wire.chunk(type.endsWith("/json") ? "[" : "data: ");
            while (true) {
              wire.chunk("x".repeat(10_000));
            }
          };
      var client =
          company.client(
              RestOptions.plaintext(),
              options -> options.withLimits(Limits.DEFAULT.withMessageBytes(100_000)));
      try (Source<Visitor> visitors = client.watchVisitors(SEVEN)) {
        Failure failure =
            assertThatExceptionOfType(Failure.class).isThrownBy(visitors::next).actual();
        assertThat(failure.code()).isEqualTo(Code.INTERNAL);
      }
    }
    company.left.await();
  }

  @Test
  void slowReaderStopsTheSender() throws Exception {
    AtomicLong sent = new AtomicLong();
    String line = "{\"text\":\"" + "x".repeat(FLOOD) + "\"}\n";
    company.script =
        (asked, wire) -> {
          wire.begin("application/x-ndjson");
          while (true) {
            wire.chunk(line);
            sent.addAndGet(line.length());
          }
        };
    try (Source<Visitor> visitors = company.client().watchVisitors(SEVEN)) {
      assertThat(visitors.next()).isPresent();
      // It stands still once the sockets' own buffers are full.
      long before = -1;
      while (sent.get() != before) {
        before = sent.get();
        LockSupport.parkNanos(300_000_000L);
      }
      assertThat(before).isLessThan(50_000_000L);
      for (int i = 0; i < 300; i++) {
        assertThat(visitors.next()).isPresent();
      }
      assertThat(sent).hasValueGreaterThan(before);
    }
    company.left.await();
  }

  @Test
  void readerThatLeavesEndsTheStream() throws Exception {
    company.script =
        (asked, wire) -> {
          wire.begin("application/x-ndjson");
          wire.chunk("{\"text\":\"a\"}\n");
          wire.awaitGone();
        };
    Source<Visitor> visitors = company.client().watchVisitors(SEVEN);
    assertThat(visitors.next()).isPresent();
    visitors.close();
    company.left.await();
  }

  @Test
  void deadlineEndsAStreamThatNobodyReads() throws Exception {
    // With a connection that stands, so that the time is spent on the stream.
    MuseumClient client = company.client();
    client.getPiece(SEVEN);
    company.script =
        (asked, wire) -> {
          wire.begin("application/x-ndjson");
          wire.awaitGone();
        };
    Context.root()
        .withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM))
        .call(() -> client.watchVisitors(SEVEN));
    company.left.await();
  }
}
