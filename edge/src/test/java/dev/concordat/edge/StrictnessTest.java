package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Priority;
import dev.concordat.edge.test.Book;
import dev.concordat.edge.test.LibraryProto;
import io.netty.util.Version;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nothing may be read by the edge in another way than by a proxy in front of it.
class StrictnessTest {
  private static final String NETTY = "4.2.18.Final";

  private final FakeLibrary library = new FakeLibrary();
  private final Edge edge =
      new Edge(
          List.of(LibraryProto.getDescriptor()),
          owner -> library,
          EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(1));
  private int port;

  @BeforeEach
  void open() {
    port = edge.start(0);
    library.books.put("42", Book.newBuilder().setBookId("42").build());
  }

  @AfterEach
  void close() {
    edge.close();
  }

  private String exchange(String request) throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      return socket.write(request).readToEnd();
    }
  }

  private static String lines(String text) {
    return text.replace("\n", "\r\n");
  }

  private static int responses(String text) {
    return text.split("HTTP/1\\.[01] ", -1).length - 1;
  }

  /// Vert.x asks for an older Netty, whose `TE: xchunked` smuggles a request (CVE-2026-89044). The
  /// pin in the root POM lifts it; this fails when the pin slips.
  @Test
  void theNettyThatIsLoadedIsThePinnedOne() {
    assertThat(Version.identify(getClass().getClassLoader()))
        .containsKeys("netty-codec-http", "netty-codec-http2", "netty-transport")
        .allSatisfy((artifact, version) ->
            assertThat(version.artifactVersion()).as(artifact).isEqualTo(NETTY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: \u000bchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 \r\n X: y\r\n",
        "Content-Length:\r\n",
        "X: a\u0000b\r\n",
        "X: a\rb\r\n",
        "X : a\r\n",
        ": a\r\n",
        "X\r\n",
        "Host: other\r\n"
      })
  void ambiguousFramingIsRefusedAndTheConnectionEnds(String headers) throws IOException {
    String request =
        "POST /v1/books/42:lend HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n"
            + headers
            + "\r\nGET /v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n";
    String answer = exchange(request);
    assertThat(answer).startsWith("HTTP/1.1 400 ");
    assertThat(responses(answer)).as(answer).isEqualTo(1);
    assertThat(answer.toLowerCase(Locale.ROOT)).contains("connection: close");
    assertThat(answer).contains("application/problem+json");
    assertThat(library.requests).isEmpty();
  }

  @Test
  void aCodingThatCannotBeReadEndsTheConnection() throws IOException {
    String answer =
        exchange(
            lines(
                """
                POST /v1/books/42:lend HTTP/1.1
                Host: edge
                Content-Type: application/json
                Transfer-Encoding: xchunked, chunked

                GET /v1/books/42 HTTP/1.1
                Host: edge

                """));
    assertThat(responses(answer)).isLessThanOrEqualTo(1);
    assertThat(answer).doesNotContain(" 200 ");
    assertThat(library.requests).isEmpty();
  }

  @Test
  void anUnknownVersionEndsTheConnection() throws IOException {
    assertThat(exchange("GET /v1/books/42 HTTP/9.9\r\nHost: edge\r\n\r\n")).contains(" 501 ");
    assertThat(library.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x2\r\n{}\r\n0\r\n\r\n",
        "+2\r\n{}\r\n0\r\n\r\n",
        "2\n{}\r\n0\r\n\r\n",
        "2;a\nb\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}X\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "fffffffff\r\n{}\r\n0\r\n\r\n",
        "zz\r\n{}\r\n0\r\n\r\n"
      })
  void brokenChunksEndTheConnection(String chunks) throws IOException {
    String answer =
        exchange(
            "POST /v1/books/42:lend HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunks
                + "GET /v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n");
    assertThat(responses(answer)).as(answer).isLessThanOrEqualTo(1);
    assertThat(answer).doesNotContain(" 200 ");
    assertThat(library.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/books/42 HTTP/1.1\r\n\r\n",
        "GET /v1/books/42 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET /v1/books/42 HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /v1/books/42 HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /v1/books/42 HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET http://edge/v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n",
        "GET v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n",
        "GET /v1/books/42\r\nHost: edge\r\n\r\n",
        "GET /v1/books/42#x HTTP/1.1\r\nHost: edge\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\r\n\r\n"
      })
  void aRequestNamesOneHostAndOnePath(String request) throws IOException {
    String answer = exchange(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assertThat(answer).matches("(?s)HTTP/1\\.[01] 400 .*");
    assertThat(responses(answer)).isEqualTo(1);
    assertThat(library.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//v1/books/42",
        "/v1//books/42",
        "/v1/../v1/books/42",
        "/v1/%2e%2e/v1/books/42",
        "/v1/.%2E/books/42",
        "/v1/./books/42",
        "/v1/books/..;/42",
        "/v1/books/42;a=b",
        "/v1/books/a%2Fb",
        "/v1/books/a%2fb",
        "/v1/files/a/%2e%2e/b",
        "/v1/files/a%2f..%2fb",
        "/v1/books/a%5cb%00",
        "/v1/books/a%0d%0aX:y",
        "/v1/books/%",
        "/v1/books/%4",
        "/v1/books/%zz",
        "/v1/books/%c0%af",
        "/v1/books/%ff",
        "/v1/books/%ed%a0%80",
        "/v1/books/a\\b",
        "/v1/books?pageSize=%zz",
        "/v1/books?pageSize=%ff"
      })
  void aPathThatCouldMeanTwoThingsIsRefused(String path) throws IOException {
    String answer =
        exchange("GET " + path + " HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    assertThat(library.requests).isEmpty();
  }

  @Test
  void longLinesAndHeadersHaveTheirOwnStatus() throws IOException {
    assertThat(exchange("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: edge\r\n\r\n"))
        .startsWith("HTTP/1.0 414 ")
        .contains("LINE_TOO_LONG");
    assertThat(
            exchange(
                "GET /v1/books HTTP/1.1\r\nHost: edge\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .contains("HEADERS_TOO_LARGE");
    assertThat(
            exchange(
                "GET /v1/books HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n"
                    + "X: y\r\n".repeat(100)
                    + "\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .contains("HEADERS_TOO_MANY");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    String answer =
        exchange(
            lines(
                """
                GET /v1/books/42 HTTP/1.1
                Host: edge

                GET /v1/books/43 HTTP/1.1
                Host: edge
                Connection: close

                """));
    assertThat(responses(answer)).isEqualTo(2);
    assertThat(answer.indexOf(" 200 ")).isBetween(0, answer.indexOf(" 404 "));
  }

  @Test
  void aRefusedRequestWithABodyDoesNotLeaveItsBodyBehind() throws IOException {
    String answer =
        exchange(
            lines(
                """
                POST /v1/nothing HTTP/1.1
                Host: edge
                Content-Length: 64

                GET /v1/books/42 HTTP/1.1
                Host: edge

                """));
    assertThat(responses(answer)).as(answer).isEqualTo(1);
    assertThat(answer).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void anUnknownPathDoesNotCostTheConnection() throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      socket.write("GET /v1/nothing HTTP/1.1\r\nHost: edge\r\n\r\n");
      assertThat(socket.readResponse()).contains(" 404 ");
      socket.write("GET /v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n");
      assertThat(socket.readResponse()).contains(" 200 ");
    }
  }

  @Test
  void whoSendsTooMuchStillSeesTheAnswer() throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      socket.write(
          lines(
              """
              POST /v1/books/42:lend HTTP/1.1
              Host: edge
              Content-Type: application/json
              Content-Length: 50000000

              """));
      for (int i = 0; i < 100; i++) {
        socket.write(new byte[64 * 1024]);
      }
      assertThat(socket.readToEnd()).startsWith("HTTP/1.1 413 ").contains("BODY_TOO_LARGE");
    }
  }

  @Test
  void forwardedAndInternalHeadersAreNotBelieved() throws IOException {
    exchange(
        lines(
            """
            GET /v1/books/42 HTTP/1.1
            Host: edge
            Connection: close
            X-Forwarded-For: 1.2.3.4
            Forwarded: for=1.2.3.4
            Concordat-Caller: orders
            Concordat-Priority: high
            Concordat-Attempt: 3
            Baggage: admin=true

            """));
    assertThat(library.contexts)
        .singleElement()
        .satisfies(context -> {
          assertThat(context.caller()).isEmpty();
          assertThat(context.priority()).isEqualTo(Priority.NORMAL);
          assertThat(context.attempt()).isEqualTo(1);
          assertThat(context.baggage()).isEmpty();
        });
  }
}
