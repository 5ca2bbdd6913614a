package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.concordat.core.Background;
import dev.concordat.core.Context;
import dev.concordat.edge.test.Book;
import dev.concordat.edge.test.LibraryProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Deadlines, keys, traces, patience and the end.
class ConversationTest {
  private final FakeLibrary library = new FakeLibrary();
  private final HttpClient client = HttpClient.newHttpClient();
  private Edge edge = edge(EdgeTimeouts.DEFAULT);
  private int port;

  @BeforeEach
  void open() {
    port = edge.start(0);
    library.books.put("42", Book.newBuilder().setBookId("42").build());
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
  }

  private void reopen(EdgeTimeouts timeouts) {
    edge.close();
    edge = edge(timeouts);
    open();
  }

  private Edge edge(EdgeTimeouts timeouts) {
    return new Edge(
        List.of(LibraryProto.getDescriptor()),
        owner -> library,
        EdgeOptions.DEFAULT
            .withHost("127.0.0.1")
            .withEventLoops(2)
            .withLimits(EdgeLimits.DEFAULT.withConnections(8).withRequests(2))
            .withTimeouts(timeouts));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String reason(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject().get("reason").getAsString();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 2000",
    "Concordat-Timeout-Ms, 500, 500",
    "Concordat-Timeout-Ms, 5000, 5000",
    "Concordat-Timeout-Ms, 60000, 10000",
    "grpc-timeout, 700m, 700"
  })
  void theDeadlineIsTheContractsOrTheClientsWithinIt(String name, String value, long millis)
      throws Exception {
    HttpRequest.Builder request = to("/v1/books/42");
    send(name.isEmpty() ? request : request.header(name, value));
    Duration left = library.contexts.getLast().deadline().orElseThrow().remaining();
    assertThat(left).isLessThanOrEqualTo(Duration.ofMillis(millis));
    long before = System.nanoTime();
    send(name.isEmpty() ? to("/v1/books/42") : to("/v1/books/42").header(name, value));
    Duration spent = Duration.ofNanos(System.nanoTime() - before);
    Duration again = library.contexts.getLast().deadline().orElseThrow().remaining();
    assertThat(again.plus(spent).plusSeconds(1)).isGreaterThan(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"Concordat-Timeout-Ms, soon", "Concordat-Timeout-Ms, 0", "grpc-timeout, 5"})
  void aMalformedTimeoutIsRefused(String name, String value) throws Exception {
    HttpResponse<String> response = send(to("/v1/books/42").header(name, value));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(reason(response)).isEqualTo("TIMEOUT_INVALID");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aServiceThatDoesNotAnswerIsGivenUpAtTheDeadline(HttpClient.Version version)
      throws Exception {
    // With a connection that stands, so that the time is spent on the answer.
    send(to("/v1/books/42").version(version));
    library.gate = Optional.of(new CountDownLatch(1));
    HttpResponse<String> response =
        send(to("/v1/books/42").version(version).header("Concordat-Timeout-Ms", "1000"));
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(library.contexts.getLast().cancellation().cancelled()).isTrue();
  }

  @Test
  void theKeyTravelsBareOrQuoted() throws Exception {
    for (String key : List.of("k-1", "\"k-1\"")) {
      send(to("/v1/books/42:lend").header("Idempotency-Key", key).POST(empty()));
      assertThat(library.contexts.getLast().idempotencyKey()).hasValue("k-1");
    }
  }

  @Test
  void aRequiredKeyThatIsMissingIsNamed() throws Exception {
    HttpResponse<String> response = send(to("/v1/books").POST(empty()));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(reason(response)).isEqualTo("IDEMPOTENCY_KEY_MISSING");
    assertThat(response.body()).contains("\"field\":\"Idempotency-Key\"");
    HttpResponse<String> two =
        send(
            to("/v1/books")
                .header("Idempotency-Key", "a")
                .header("Idempotency-Key", "b")
                .POST(empty()));
    assertThat(reason(two)).isEqualTo("IDEMPOTENCY_KEY_INVALID");
    assertThat(library.contexts).isEmpty();
  }

  @Test
  void aTraceIsContinued() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<String> response =
        send(to("/v1/books/42").header("traceparent", "00-" + trace + "-b7ad6b7169203331-01"));
    assertThat(response.headers().firstValue("trace-id")).hasValue(trace);
    assertThat(response.headers().firstValue("traceresponse").orElseThrow())
        .startsWith("00-" + trace);
    assertThat(library.contexts.getLast().trace().orElseThrow().traceId()).isEqualTo(trace);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aClientThatGoesCancelsTheCall(HttpClient.Version version) throws Exception {
    library.gate = Optional.of(new CountDownLatch(1));
    CompletableFuture<?> going =
        client.sendAsync(
            to("/v1/books/42").version(version).build(), HttpResponse.BodyHandlers.ofString());
    Context context = awaitContext();
    CountDownLatch cancelled = new CountDownLatch(1);
    context.cancellation().onCancel(cancelled::countDown);
    going.cancel(true);
    assertThat(cancelled.await(1, TimeUnit.SECONDS)).isTrue();
  }

  private Context awaitContext() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (library.contexts.isEmpty() && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    return library.contexts.getLast();
  }

  @Test
  void moreRequestsThanTheLimitAreTurnedAway() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    library.gate = Optional.of(gate);
    var first = client.sendAsync(to("/v1/books/42").build(), HttpResponse.BodyHandlers.ofString());
    var second = client.sendAsync(to("/v1/books/42").build(), HttpResponse.BodyHandlers.ofString());
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (library.contexts.size() < 2 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    HttpResponse<String> third = send(to("/v1/books/42"));
    assertThat(third.statusCode()).isEqualTo(503);
    assertThat(third.headers().firstValue("retry-after")).hasValue("1");
    assertThat(reason(third)).isEqualTo("EDGE_OVERLOADED");
    gate.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(second.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    library.gate = Optional.empty();
    assertThat(send(to("/v1/books/42")).statusCode()).isEqualTo(200);
  }

  @Test
  void whoSaysNothingIsClosed() throws Exception {
    reopen(EdgeTimeouts.DEFAULT.withHeaders(Duration.ofMillis(300)));
    try (RawSocket silent = new RawSocket(port);
        RawSocket half = new RawSocket(port);
        RawSocket preface = new RawSocket(port)) {
      half.write("GET /v1/books/42 HTTP/1.1\r\nHost: ed");
      preface.write("PRI * HT");
      assertThat(silent.readToEnd()).isEmpty();
      assertThat(half.readToEnd()).isEmpty();
      assertThat(preface.readToEnd()).isEmpty();
    }
  }

  @Test
  void whoSendsABodyTooSlowlyIsToldAndClosed() throws Exception {
    reopen(EdgeTimeouts.DEFAULT.withBody(Duration.ofMillis(300)));
    try (RawSocket slow = new RawSocket(port)) {
      slow.write(
          """
          POST /v1/books/42:lend HTTP/1.1\r
          Host: edge\r
          Content-Type: application/json\r
          Content-Length: 100\r
          \r
          {\
          """);
      assertThat(slow.readToEnd()).startsWith("HTTP/1.1 408 ").contains("BODY_TIMEOUT");
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    reopen(EdgeTimeouts.DEFAULT.withKeepAlive(Duration.ofMillis(300)));
    try (RawSocket idle = new RawSocket(port)) {
      idle.write("GET /v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n");
      assertThat(idle.readResponse()).startsWith("HTTP/1.1 200 ");
      idle.write("GET /v1/bo");
      assertThat(idle.readToEnd()).isEmpty();
    }
  }

  @Test
  void oneConnectionTooManyIsClosedAndTheOthersGoOn() throws Exception {
    RawSocket[] sockets = new RawSocket[8];
    for (int i = 0; i < sockets.length; i++) {
      sockets[i] = new RawSocket(port);
      sockets[i].write("GET /v1/books/42 HTTP/1.1\r\nHost: edge\r\n\r\n");
      assertThat(sockets[i].readResponse()).contains(" 200 ");
    }
    try (RawSocket ninth = new RawSocket(port)) {
      assertThat(ninth.readToEnd()).isEmpty();
    }
    for (RawSocket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void aPortInUseIsSaidSo() {
    try (Edge other =
        new Edge(
            List.of(LibraryProto.getDescriptor()),
            owner -> library,
            EdgeOptions.DEFAULT.withHost("127.0.0.1"))) {
      assertThatThrownBy(() -> other.start(port))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + port + " of 127.0.0.1 is in use");
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void drainingFinishesWhatIsUnderWay(HttpClient.Version version) throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    library.gate = Optional.of(gate);
    var going =
        client.sendAsync(
            to("/v1/books/42").version(version).build(), HttpResponse.BodyHandlers.ofString());
    awaitContext();
    CompletableFuture<Boolean> drained = new CompletableFuture<>();
    Background background = new Background("test");
    background.start("drain", () -> drained.complete(edge.drain(Duration.ofSeconds(5))));
    gate.countDown();
    assertThat(going.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    background.close();
    assertThatThrownBy(() -> send(to("/v1/books/42"))).isInstanceOf(IOException.class);
  }

  private static HttpRequest.BodyPublisher empty() {
    return HttpRequest.BodyPublishers.noBody();
  }
}
