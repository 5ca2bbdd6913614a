package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.calls.museum.v1.ImpossibleClient;
import dev.concordat.calls.museum.v1.MuseumClient;
import dev.concordat.calls.museum.v1.Piece;
import dev.concordat.calls.museum.v1.SellPieceRequest;
import dev.concordat.calls.rest.Company.Asked;
import dev.concordat.core.Background;
import dev.concordat.core.Bearer;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// One call after the other, against a server that does as it likes.
class RestCallTest {
  private static final GetPieceRequest SEVEN = GetPieceRequest.newBuilder().setPieceId("7").build();
  private static final SellPieceRequest SELL =
      SellPieceRequest.newBuilder().setPieceId("7").setPrice(5).build();

  private final Company company = new Company();

  @AfterEach
  void close() {
    company.close();
  }

  private static Failure failureOf(Runnable call) {
    return assertThatExceptionOfType(Failure.class).isThrownBy(call::run).actual();
  }

  @Nested
  class Requests {
    @Test
    void clientSpeaksHttpAndJson() {
      company.script = (asked, wire) -> wire.json(200, "{\"pieceId\":\"7\",\"title\":\"Müritz\"}");
      Piece piece = company.client().getPiece(SEVEN);
      assertThat(piece.getTitle()).isEqualTo("Müritz");
      Asked asked = company.asked.getFirst();
      assertThat(asked.line()).isEqualTo("GET /v1/pieces/7 HTTP/1.1");
      assertThat(asked.header("accept")).isEqualTo("application/json");
      assertThat(asked.header("accept-encoding")).isEqualTo("identity");
      assertThat(asked.headers()).doesNotContainKeys("upgrade", "http2-settings", "content-type");
    }

    @Test
    void bodyIsJsonInUtf8() {
      company.client().addPiece(Piece.newBuilder().setTitle("Müritz").build());
      Asked asked = company.asked.getFirst();
      assertThat(asked.line()).isEqualTo("POST /v1/pieces HTTP/1.1");
      assertThat(asked.body()).isEqualTo("{\"title\":\"Müritz\"}");
      assertThat(asked.header("content-type")).isEqualTo("application/json");
    }

    @Test
    void strangersAreToldOfTheTraceTheKeyAndTheTimeLeft() {
      MuseumClient client = company.client();
      Context context =
          Context.root()
              .withDeadline(Deadline.after(Duration.ofSeconds(2), Clock.SYSTEM))
              .withBaggage(Map.of("customer", "jane"))
              .withIdempotencyKey("order-7");
      context.run(() -> client.sellPiece(SELL));
      Asked asked = company.asked.getFirst();
      assertThat(asked.header("idempotency-key")).isEqualTo("order-7");
      assertThat(asked.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]");
      assertThat(Integer.parseInt(asked.header("concordat-timeout-ms"))).isBetween(1, 1_995);
      assertThat(asked.headers().keySet())
          .noneMatch(
              name -> name.toLowerCase(Locale.ROOT).matches("baggage|concordat-[^t].*|grpc.*"));
      assertThat(asked.headers().toString()).doesNotContain("jane", "tester");
    }

    @Test
    void usersTokenStaysInTheHouse() {
      MuseumClient client = company.client(RestOptions.plaintext(), options -> options);
      Context.root().withBearer(Bearer.of("jane's")).run(() -> client.getPiece(SEVEN));
      Asked asked = company.asked.getFirst();
      assertThat(asked.headers()).doesNotContainKey("authorization");
      assertThat(asked.headers().toString()).doesNotContain("jane");
    }

    @Test
    void ourOwnAreToldEverything() {
      MuseumClient client =
          company.client(
              RestOptions.plaintext().withDisclosure(Disclosure.HOUSE), options -> options);
      Context.root().withBaggage(Map.of("customer", "jane")).run(() -> client.getPiece(SEVEN));
      Asked asked = company.asked.getFirst();
      assertThat(asked.header("baggage")).isEqualTo("customer=jane");
      assertThat(asked.header("concordat-caller")).isEqualTo("tester");
    }

    @Test
    void namesOfTheHeadersAreTheCompanys() {
      MuseumClient client =
          company.client(
              RestOptions.plaintext()
                  .withBasePath("/api/v2")
                  .withHeaders(
                      RequestHeaders.bearer(() -> "secret")
                          .and(context -> Map.of("Museum-Version", "3")))
                  .withDisclosure(
                      Disclosure.KEY_ONLY.withKeyHeader("X-Request-Id").withTimeoutHeader("")),
              options -> options);
      Context.root().withIdempotencyKey("k").run(() -> client.sellPiece(SELL));
      Asked asked = company.asked.getFirst();
      assertThat(asked.line()).isEqualTo("POST /api/v2/v1/pieces/7:sell HTTP/1.1");
      assertThat(asked.header("authorization")).isEqualTo("Bearer secret");
      assertThat(asked.header("museum-version")).isEqualTo("3");
      assertThat(asked.header("x-request-id")).isEqualTo("k");
      assertThat(asked.headers())
          .doesNotContainKeys("traceparent", "concordat-timeout-ms", "idempotency-key");
    }

    @Test
    void headerCannotBeginAnother() {
      MuseumClient client =
          company.client(
              RestOptions.plaintext().withHeaders(RequestHeaders.bearer(() -> "secret\r\nEvil: 1")),
              options -> options);
      Failure failure = failureOf(() -> client.getPiece(SEVEN));
      assertThat(failure.details().reason()).isEqualTo("HEADER_REFUSED");
      assertThat(failure).hasNoCause();
      assertThat(failure.message()).contains("Authorization").doesNotContain("secret");
      assertThat(company.asked).isEmpty();
    }

    @Test
    void connectionIsUsedAgain() {
      company.script =
          (asked, wire) -> {
            if (asked.line().contains("/void ")) {
              wire.json(404, "{\"detail\":\"none\",\"title\":\"x\"}");
            } else {
              wire.json(200, "{\"title\":\"" + "x".repeat(100_000) + "\"}");
            }
          };
      MuseumClient client = company.client();
      for (int i = 0; i < 20; i++) {
        client.getPiece(SEVEN);
        failureOf(() -> client.getPiece(GetPieceRequest.newBuilder().setPieceId("void").build()));
      }
      assertThat(company.asked).hasSize(40);
      assertThat(company.sockets).hasValue(1);
    }

    @Test
    void clientThatCannotBeIsRefusedWhenItIsMade() {
      Calls calls =
          Calls.open(
              CallsOptions.of("tester", StaticResolver.of("museum", Endpoint.of("localhost", 1)))
                  .withTransport(RestTransport.of(RestOptions.plaintext())));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> calls.client(ImpossibleClient.FACTORY))
          .withMessageContaining("takes a stream");
      calls.close();
    }
  }

  @Nested
  class Endings {
    private final CountDownLatch arrived = new CountDownLatch(1);

    private void silence() {
      company.script =
          (asked, wire) -> {
            arrived.countDown();
            wire.awaitGone();
          };
    }

    /// With a connection that stands, so that the time is spent on the answer however busy the
    /// machine is.
    private void within(Duration time, MuseumClient client, Runnable work) {
      Company.Script slow = company.script;
      company.script = (asked, wire) -> wire.json(200, "{}");
      client.getPiece(SEVEN);
      company.script = slow;
      Context.root().withDeadline(Deadline.after(time, Clock.SYSTEM)).run(work);
    }

    @Test
    void deadlineEndsASilentCallAndClosesTheConnection() throws Exception {
      silence();
      MuseumClient client = company.client();
      within(
          Duration.ofSeconds(1),
          client,
          () -> {
            Failure failure = failureOf(() -> client.getPiece(SEVEN));
            assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(failure.details().decidedBy()).isEqualTo("deadline");
          });
      company.left.await();
    }

    @Test
    void deadlineEndsABodyThatDrips() throws Exception {
      company.script =
          (asked, wire) -> {
            wire.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
            wire.raw("Content-Length: 1000\r\n\r\n{");
            wire.awaitGone();
          };
      MuseumClient client = company.client();
      within(
          Duration.ofSeconds(1),
          client,
          () ->
              assertThat(failureOf(() -> client.getPiece(SEVEN)).code())
                  .isEqualTo(Code.DEADLINE_EXCEEDED));
      company.left.await();
    }

    @Test
    void deadlineEndsAHeadThatDrips() throws Exception {
      company.script =
          (asked, wire) -> {
            wire.raw("HTTP/1.1 200 OK\r\nContent-Ty");
            wire.awaitGone();
          };
      MuseumClient client = company.client();
      within(
          Duration.ofSeconds(1),
          client,
          () ->
              assertThat(failureOf(() -> client.getPiece(SEVEN)).code())
                  .isEqualTo(Code.DEADLINE_EXCEEDED));
      company.left.await();
    }

    @Test
    void cancellationReachesTheCompany() throws Exception {
      silence();
      MuseumClient client = company.client();
      Cancellation cancellation = Cancellation.create();
      CompletableFuture<Failure> told = new CompletableFuture<>();
      try (Background background = new Background("test")) {
        background.start(
            "call",
            () ->
                Context.root()
                    .withCancellation(cancellation)
                    .run(() -> told.complete(failureOf(() -> client.getPiece(SEVEN)))));
        arrived.await();
        cancellation.cancel(Failure.of(Code.CANCELLED, "the shopper has gone"));
        assertThat(told.get().message()).isEqualTo("the shopper has gone");
        company.left.await();
      }
    }

    @Test
    void interruptionEndsTheCallAndStays() throws Exception {
      silence();
      MuseumClient client = company.client();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      try (Background background = new Background("test")) {
        Thread caller =
            background.start(
                "call",
                () -> {
                  Failure failure = failureOf(() -> client.getPiece(SEVEN));
                  interrupted.complete(
                      failure.code() == Code.CANCELLED && Thread.currentThread().isInterrupted());
                });
        arrived.await();
        caller.interrupt();
        assertThat(interrupted.get()).isTrue();
        company.left.await();
      }
    }

    @Test
    void nobodyThereMayBeTriedAgainWhateverTheContractSays() throws IOException {
      MuseumClient client = company.client();
      company.leave();
      Failure failure = failureOf(() -> client.sellPiece(SELL));
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.details().reason()).isEqualTo("UNREACHABLE");
      assertThat(failure.details().attempts()).isEqualTo(6);
    }

    @Test
    void hostThatHasNoAddressIsUnreachable() {
      try (Calls calls =
          Calls.open(
              CallsOptions.of(
                      "tester", StaticResolver.of("museum", Endpoint.of("museum.invalid", 80)))
                  .withTransport(RestTransport.of(RestOptions.plaintext())))) {
        MuseumClient client = calls.client(MuseumClient.FACTORY);
        assertThat(failureOf(() -> client.sellPiece(SELL)).details().reason())
            .isEqualTo("UNREACHABLE");
      }
    }

    @Test
    void unsafeCallThatWasCutOffIsNotSentAgain() {
      company.script = (asked, wire) -> wire.close();
      MuseumClient client = company.client();
      Failure failure = failureOf(() -> client.sellPiece(SELL));
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure.details().reason()).isEqualTo("CONNECTION_LOST");
      assertThat(company.asked).hasSize(1);
    }

    @Test
    void keyedCallThatWasCutOffIsSentAgainWithTheSameKey() {
      company.script =
          (asked, wire) -> {
            if (company.asked.size() == 1) {
              wire.raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{");
              wire.close();
            } else {
              wire.json(200, "{\"title\":\"sold\"}", "Idempotency-Replayed: true");
            }
          };
      MuseumClient client = company.client();
      Piece piece = Context.root().withIdempotencyKey("k").call(() -> client.sellPiece(SELL));
      assertThat(piece.getTitle()).isEqualTo("sold");
      assertThat(company.asked)
          .hasSize(2)
          .allMatch(asked -> asked.header("idempotency-key").equals("k"));
    }

    @Test
    void closingLetsCallsEndAndTakesNoNewOnes() throws Exception {
      CountDownLatch go = new CountDownLatch(1);
      company.script =
          (asked, wire) -> {
            arrived.countDown();
            go.await();
            wire.json(200, "{\"title\":\"last\"}");
          };
      Calls calls =
          Calls.open(
              CallsOptions.of(
                      "tester",
                      StaticResolver.of("museum", Endpoint.of("localhost", company.port())))
                  .withTransport(RestTransport.of(RestOptions.plaintext())));
      MuseumClient client = calls.client(MuseumClient.FACTORY);
      CompletableFuture<String> title = new CompletableFuture<>();
      try (Background background = new Background("test")) {
        background.start("call", () -> title.complete(client.getPiece(SEVEN).getTitle()));
        arrived.await();
        Thread closing = background.start("close", calls::close);
        go.countDown();
        assertThat(title.get()).isEqualTo("last");
        closing.join();
      }
      assertThat(failureOf(() -> client.getPiece(SEVEN)).code()).isEqualTo(Code.UNAVAILABLE);
    }
  }
}
