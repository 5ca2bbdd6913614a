package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.edge.test.LibraryProto;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamsTest {
  private final FakeLibrary library = new FakeLibrary();
  private final HttpClient client = HttpClient.newHttpClient();
  private Edge edge = edge(EdgeTimeouts.DEFAULT);
  private int port;

  @BeforeEach
  void open() {
    port = edge.start(0);
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
        EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(1).withTimeouts(timeouts));
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
  }

  private HttpRequest request(String path, String accept, HttpClient.Version version) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Accept", accept)
        .version(version)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    return client.send(
        request(path, accept, HttpClient.Version.HTTP_1_1), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void linesAreTheDefault(HttpClient.Version version) throws Exception {
    HttpResponse<String> response =
        client.send(
            request("/v1/books/1/pages?count=3&size=1", "*/*", version),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(version);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/x-ndjson");
    assertThat(response.body())
        .isEqualTo(
            """
            {"number":1,"text":"x"}
            {"number":2,"text":"x"}
            {"number":3,"text":"x"}
            """);
  }

  @Test
  void eventsEndWithAnEventThatSaysSo() throws Exception {
    HttpResponse<String> response = get("/v1/books/1/pages?count=2", "text/event-stream");
    assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(response.body())
        .isEqualTo(
            """
            data: {"number":1,"text":""}

            data: {"number":2,"text":""}

            event: end
            data: {}

            """);
  }

  @Test
  void anArrayIsOneJsonText() throws Exception {
    HttpResponse<String> response = get("/v1/books/1/pages?count=3", "application/json");
    JsonArray pages = JsonParser.parseString(response.body()).getAsJsonArray();
    assertThat(pages).hasSize(3);
    assertThat(get("/v1/books/1/pages?count=0", "application/json").body()).isEqualTo("[]");
  }

  @Test
  void aFailureBeforeTheFirstMessageIsAProblem() throws Exception {
    library.trouble = Optional.of(() -> Failure.notFound("there is no book 1"));
    HttpResponse<String> response = get("/v1/books/1/pages", "text/event-stream");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
  }

  @Test
  void aFailureAfterTheFirstMessageIsTheLastRecord() throws Exception {
    library.trouble = Optional.of(() -> Failure.of(Code.UNAVAILABLE, "gone"));
    String lines = get("/v1/books/1/pages?count=1", "application/x-ndjson").body();
    var last = JsonParser.parseString(lines.lines().toList().getLast()).getAsJsonObject();
    assertThat(last.getAsJsonObject("@error").get("status").getAsInt()).isEqualTo(503);
    assertThat(get("/v1/books/1/pages?count=1", "text/event-stream").body())
        .contains("\n\nevent: error\ndata: {\"type\":\"urn:concordat:problem:unavailable\"")
        .doesNotContain("event: end");
    JsonArray array =
        JsonParser.parseString(get("/v1/books/1/pages?count=1", "application/json").body())
            .getAsJsonArray();
    assertThat(array.get(1).getAsJsonObject().has("@error")).isTrue();
  }

  @Test
  void aQuietStreamShowsItsHeadAndSignsOfLife() throws Exception {
    reopen(EdgeTimeouts.DEFAULT.withHeartbeat(Duration.ofMillis(50)));
    CountDownLatch gate = new CountDownLatch(1);
    library.gate = Optional.of(gate);
    HttpResponse<InputStream> response =
        client.send(
            request("/v1/books/1/pages", "text/event-stream", HttpClient.Version.HTTP_1_1),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    byte[] beat = response.body().readNBytes(6);
    assertThat(new String(beat, StandardCharsets.UTF_8)).isEqualTo(":\n\n:\n\n");
    gate.countDown();
    assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("event: end\ndata: {}\n\n");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aClientThatGoesCancelsTheService(HttpClient.Version version) throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    library.gate = Optional.of(gate);
    HttpResponse<InputStream> response =
        client.send(
            request("/v1/books/1/pages?count=1", "application/x-ndjson", version),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.body().read()).isEqualTo('{');
    response.body().close();
    assertThat(library.streamClosed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(library.contexts.getLast().cancellation().cancelled()).isTrue();
  }

  @Test
  void aClientThatDoesNotReadStopsTheServiceAndIsCutOff() throws Exception {
    reopen(EdgeTimeouts.DEFAULT.withWrite(Duration.ofMillis(500)));
    try (RawSocket socket = new RawSocket(port)) {
      socket.write("GET /v1/books/1/pages?count=100000&size=10000 HTTP/1.1\r\nHost: edge\r\n\r\n");
      assertThat(library.streamClosed.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(library.pagesTaken.get()).isLessThan(5_000);
  }
}
