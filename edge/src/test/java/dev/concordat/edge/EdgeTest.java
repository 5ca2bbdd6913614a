package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import dev.concordat.edge.test.Author;
import dev.concordat.edge.test.Book;
import dev.concordat.edge.test.Genre;
import dev.concordat.edge.test.GetBookRequest;
import dev.concordat.edge.test.LibraryProto;
import dev.concordat.edge.test.ListBooksRequest;
import dev.concordat.edge.test.ReplaceBookRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EdgeTest {
  private final FakeLibrary library = new FakeLibrary();
  private final Edge edge =
      new Edge(
          List.of(LibraryProto.getDescriptor()),
          owner -> library,
          EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(2));
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int port;

  @BeforeEach
  void open() {
    port = edge.start(0);
    library.books.put("42", Book.newBuilder().setBookId("42").setTitle("Emma").build());
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(to(path));
  }

  private HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return send(
        to(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "k1")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static JsonObject problem(HttpResponse<String> response, int status, String reason) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    JsonObject problem = json(response);
    assertThat(problem.get("status").getAsInt()).isEqualTo(status);
    assertThat(problem.get("title").getAsString()).isNotEmpty();
    assertThat(problem.get("detail").getAsString()).isNotEmpty();
    assertThat(problem.get("type").getAsString()).startsWith("urn:concordat:problem:");
    assertThat(problem.get("traceId").getAsString()).hasSize(32);
    assertThat(problem.has("reason") ? problem.get("reason").getAsString() : "").isEqualTo(reason);
    return problem;
  }

  @Nested
  class Routing {
    @Test
    void aPathVariableIsAField() throws Exception {
      HttpResponse<String> response = get("/v1/books/42");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(json(response))
          .isEqualTo(
              JsonParser.parseString(
                  """
                  {"bookId":"42","title":"Emma","genre":"GENRE_UNSPECIFIED","copies":[],
                   "priceMinor":"0"}
                  """));
      assertThat(response.headers().firstValue("trace-id").orElseThrow()).hasSize(32);
    }

    @Test
    void aVariableMayBeSeveralSegments() throws Exception {
      assertThat(get("/v1/shelves/7/books/42").statusCode()).isEqualTo(200);
      assertThat(((GetBookRequest) library.requests.getLast()).getShelf()).isEqualTo("shelves/7");
      assertThat(json(get("/v1/files/a/b%20c")).get("title").getAsString()).isEqualTo("a/b c");
    }

    @Test
    void aVerbIsItsOwnRoute() throws Exception {
      assertThat(post("/v1/books/42:lend", "{}").statusCode()).isEqualTo(200);
      problem(get("/v1/books/42:lend"), 405, "METHOD_NOT_ALLOWED");
      problem(get("/v1/books/42:steal"), 404, "ROUTE_UNKNOWN");
      library.books.put("a:b", Book.newBuilder().setBookId("a:b").build());
      assertThat(get("/v1/books/a%3Ab").statusCode()).isEqualTo(200);
    }

    @Test
    void everyHttpMethodHasItsRoute() throws Exception {
      assertThat(send(to("/v1/books/42").DELETE()).statusCode()).isEqualTo(200);
      assertThat(
              send(to("/v1/books/42").method("SEARCH", HttpRequest.BodyPublishers.noBody()))
                  .statusCode())
          .isEqualTo(200);
      HttpResponse<String> replaced =
          send(
              to("/v1/books/7?force=true")
                  .header("Content-Type", "application/json; charset=UTF-8")
                  .PUT(
                      HttpRequest.BodyPublishers.ofString("{\"title\":\"New\",\"bookId\":\"8\"}")));
      assertThat(json(replaced).get("bookId").getAsString()).isEqualTo("7");
      assertThat(((ReplaceBookRequest) library.requests.getLast()).getForce()).isTrue();
    }

    @Test
    void unknownPathsAndMethodsAreProblems() throws Exception {
      problem(get("/v1/nothing"), 404, "ROUTE_UNKNOWN");
      problem(get("/v1/books/42/"), 404, "ROUTE_UNKNOWN");
      problem(get("/v1/inventory"), 404, "ROUTE_UNKNOWN");
      HttpResponse<String> patched =
          send(to("/v1/books").method("PATCH", HttpRequest.BodyPublishers.noBody()));
      problem(patched, 405, "METHOD_NOT_ALLOWED");
      assertThat(patched.headers().firstValue("allow")).hasValue("GET, HEAD, POST, OPTIONS");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws Exception {
      HttpResponse<String> head =
          send(to("/v1/books/42").method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValueAsLong("content-length"))
          .hasValue(get("/v1/books/42").body().length());
    }

    @Test
    void optionsSaysWhatThereIs() throws Exception {
      HttpResponse<String> options =
          send(to("/v1/books").method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
      assertThat(options.statusCode()).isEqualTo(204);
      assertThat(options.headers().firstValue("allow")).hasValue("GET, HEAD, POST, OPTIONS");
    }
  }

  @Nested
  class Binding {
    @Test
    void theQueryIsFields() throws Exception {
      HttpResponse<String> response =
          get(
              "/v1/books?pageSize=20&genres=GENRE_NOVEL&genres=2"
                  + "&author.name=Jane+Austen&author.teacher.born=1700"
                  + "&since=2026-01-01T00:00:00Z&fields=bookId&lent=false");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      ListBooksRequest request = (ListBooksRequest) library.requests.getLast();
      assertThat(request.getPageSize()).isEqualTo(20);
      assertThat(request.getGenresList()).containsExactly(Genre.GENRE_NOVEL, Genre.GENRE_POETRY);
      assertThat(request.getAuthor())
          .isEqualTo(
              Author.newBuilder()
                  .setName("Jane Austen")
                  .setTeacher(Author.newBuilder().setBorn(1700))
                  .build());
      assertThat(request.getSince().getSeconds()).isEqualTo(1_767_225_600);
      assertThat(request.getFields().getPathsList()).containsExactly("book_id");
      assertThat(request.hasLent()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
      "pageSiz=1, pageSiz, query.unknown",
      "pageSize=x, pageSize, json.type",
      "pageSize=, pageSize, json.type",
      "page_size=99999999999, page_size, json.range",
      "pageSize=1&page_size=2, page_size, query.duplicate",
      "genres=CRIME, genres, json.enum",
      "author=x, author, query.type",
      "author.nam=x, author.nam, query.unknown",
      "labels.a=x, labels.a, query.unknown",
      "lent=yes, lent, json.type",
      "since=now, since, json.timestamp"
    })
    void aWrongParameterIsNamed(String query, String field, String rule) throws Exception {
      JsonObject problem = problem(get("/v1/books?" + query), 400, "QUERY_INVALID");
      JsonObject violation = problem.getAsJsonArray("violations").get(0).getAsJsonObject();
      assertThat(violation.get("field").getAsString()).isEqualTo(field);
      assertThat(violation.get("rule").getAsString()).isEqualTo(rule);
      assertThat(problem.get("instance").getAsString()).isEqualTo("/v1/books");
    }

    @Test
    void fieldsOfThePathOrTheBodyAreNotAlsoParameters() throws Exception {
      problem(get("/v1/books/42?bookId=43"), 400, "QUERY_INVALID");
      problem(post("/v1/books?title=x", "{}"), 400, "QUERY_INVALID");
      assertThat(library.requests).isEmpty();
    }
  }

  @Nested
  class Bodies {
    @Test
    void aCreatedThingHasALocation() throws Exception {
      HttpResponse<String> created =
          post("/v1/books", "{\"title\":\"Emma\",\"copies\":[{\"quantity\":2}]}");
      assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
      assertThat(created.headers().firstValue("location")).hasValue("/v1/books/b%20k1");
      assertThat(created.headers().firstValue("idempotency-replayed")).isEmpty();
      assertThat(get("/v1/books/b%20k1").statusCode()).isEqualTo(200);
      HttpResponse<String> again = post("/v1/books", "{\"title\":\"Emma\"}");
      assertThat(again.statusCode()).isEqualTo(201);
      assertThat(again.headers().firstValue("idempotency-replayed")).hasValue("true");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            {"copies":[{},{},{"qty":1}]}         | copies[2].qty      | json.unknown_field
            {"copies":[{"quantity":"many"}]}     | copies[0].quantity | json.type
            {"title":"a","title":"b"}            | title              | json.duplicate
            {"title":"a"                         |                    | json.syntax
            """)
    void aWrongBodyIsNamedByItsPath(String body, String field, String rule) throws Exception {
      JsonObject problem = problem(post("/v1/books", body), 400, "BODY_INVALID");
      JsonObject violation = problem.getAsJsonArray("violations").get(0).getAsJsonObject();
      assertThat(violation.get("field").getAsString()).isEqualTo(field == null ? "" : field);
      assertThat(violation.get("rule").getAsString()).isEqualTo(rule);
      assertThat(library.requests).isEmpty();
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
      String large = "{\"title\":\"" + "x".repeat(1024 * 1024) + "\"}";
      problem(post("/v1/books", large), 413, "BODY_TOO_LARGE");
      HttpResponse<String> chunked =
          send(
              to("/v1/books")
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", "k")
                  .POST(
                      HttpRequest.BodyPublishers.fromPublisher(
                          HttpRequest.BodyPublishers.ofString(large))));
      problem(chunked, 413, "BODY_TOO_LARGE");
    }

    @Test
    void onlyJsonIsUnderstood() throws Exception {
      HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("{}");
      problem(send(to("/v1/books/42:lend").POST(body)), 415, "CONTENT_TYPE_UNKNOWN");
      problem(
          send(to("/v1/books/42:lend").header("Content-Type", "text/plain").POST(body)),
          415,
          "CONTENT_TYPE_UNKNOWN");
      problem(
          send(
              to("/v1/books/42:lend")
                  .header("Content-Type", "application/json")
                  .header("Content-Encoding", "gzip")
                  .POST(body)),
          415,
          "ENCODING_UNKNOWN");
      problem(send(to("/v1/books/42").header("Accept", "text/html")), 406, "ACCEPT_UNKNOWN");
      assertThat(
              send(to("/v1/books/42").header("Accept", "text/html, application/*;q=0.5"))
                  .statusCode())
          .isEqualTo(200);
    }

    @Test
    void noBodyIsAnEmptyMessage() throws Exception {
      assertThat(
              send(to("/v1/books/42:lend").POST(HttpRequest.BodyPublishers.noBody())).statusCode())
          .isEqualTo(200);
      problem(
          send(
              to("/v1/books/42")
                  .header("Content-Type", "application/json")
                  .method("DELETE", HttpRequest.BodyPublishers.ofString("{}"))),
          400,
          "BODY_INVALID");
    }
  }

  @Nested
  class Failures {
    @ParameterizedTest
    @EnumSource(Code.class)
    void everyCodeHasItsStatus(Code code) throws Exception {
      library.trouble = Optional.of(() -> Failure.of(code, "secret?"));
      HttpResponse<String> response = get("/v1/books/42");
      JsonObject problem = problem(response, HttpStatus.of(code), "");
      assertThat(problem.get("code").getAsString()).isEqualTo(code.name());
      assertThat(response.headers().firstValue("retry-after").isPresent())
          .isEqualTo(code == Code.UNAVAILABLE);
      if (code == Code.INTERNAL) {
        assertThat(response.body()).doesNotContain("secret");
      }
    }

    @Test
    void aReusedKeyIsUnprocessable() throws Exception {
      library.trouble =
          Optional.of(() ->
              Failure.of(Code.INVALID_ARGUMENT, "the key was used for another request")
                  .with(Failure.Details.NONE.withReason("IDEMPOTENCY_KEY_REUSED")));
      problem(post("/v1/books", "{}"), 422, "IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void violationsHaveTheNamesOfJson() throws Exception {
      library.trouble =
          Optional.of(() ->
              Failure.invalid(
                  List.of(
                      new Violation("copies[1].quantity", "int32.gt", "must be more than 0"),
                      new Violation("book_id", "string.min_len", "is missing"))));
      JsonObject problem = problem(get("/v1/books/42"), 400, "");
      assertThat(problem.getAsJsonArray("violations").get(1).getAsJsonObject().get("field"))
          .isEqualTo(new JsonPrimitive("bookId"));
      assertThat(
              problem
                  .getAsJsonArray("violations")
                  .get(0)
                  .getAsJsonObject()
                  .get("rule")
                  .getAsString())
          .isEqualTo("int32.gt");
    }

    @Test
    void aDefectInTheEdgeTellsNothing() throws Exception {
      library.trouble =
          Optional.of(() -> {
            throw new IllegalStateException("secret");
          });
      assertThat(get("/v1/books/42").body()).doesNotContain("secret").contains("INTERNAL");
    }
  }
}
