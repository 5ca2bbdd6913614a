package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.edge.desk.v1.BorrowRequest;
import dev.concordat.edge.desk.v1.DeskApi;
import dev.concordat.edge.desk.v1.DeskProto;
import dev.concordat.edge.desk.v1.Loan;
import dev.concordat.edge.desk.v1.WatchLoanRequest;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// From HTTP through gRPC to a service and back.
class RoadTest {
  private final CountDownLatch watching = new CountDownLatch(1);
  private final CountDownLatch abandoned = new CountDownLatch(1);
  private final CallServer server =
      CallServer.with(ServerOptions.of("desk").withHost("127.0.0.1"))
          .serve(DeskApi.CONTRACT, new Desk())
          .start();
  private final Calls calls =
      Calls.open("edge", StaticResolver.of("desk", Endpoint.of("127.0.0.1", server.port())));
  private final Edge edge =
      Edge.of(
          List.of(DeskProto.getDescriptor()),
          calls,
          EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(1));
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  private final class Desk implements DeskApi {
    @Override
    public Loan borrow(BorrowRequest request) {
      return switch (request.getBookId()) {
        case "lent" ->
            throw Failure.of(Code.FAILED_PRECONDITION, "the book is lent")
                .with(Failure.Details.NONE.withReason("BOOK_LENT"));
        case "broken" -> throw new IllegalStateException("secret");
        case "slow" -> {
          CountDownLatch never = new CountDownLatch(1);
          Thread handler = Thread.currentThread();
          Context.current().cancellation().onCancel(handler::interrupt);
          try {
            never.await();
          } catch (InterruptedException e) {
            throw Failure.of(Code.CANCELLED, "nobody waits", e);
          }
          throw new AssertionError();
        }
        default ->
            Loan.newBuilder()
                .setLoanId("7")
                .setBookId(request.getBookId())
                .setDayCount(request.getDayCount())
                .build();
      };
    }

    @Override
    public void watchLoan(WatchLoanRequest request, Sink<Loan> out) {
      watching.countDown();
      try {
        for (int i = 0; !request.getLoanId().equals("3") || i < 3; i++) {
          out.send(Loan.newBuilder().setLoanId(request.getLoanId()).setDayCount(i).build());
        }
      } finally {
        abandoned.countDown();
      }
    }
  }

  @BeforeEach
  void open() {
    port = edge.start(0);
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
    calls.close();
    server.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> borrow(String json) throws Exception {
    return client.send(
        to("/v1/loans")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRequestGoesThroughAndBack() throws Exception {
    HttpResponse<String> response = borrow("{\"bookId\":\"Emma\",\"dayCount\":14}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    assertThat(response.headers().firstValue("location")).hasValue("/v1/loans/7");
    assertThat(response.body()).isEqualTo("{\"loanId\":\"7\",\"bookId\":\"Emma\",\"dayCount\":14}");
  }

  @Test
  void theServicesRulesAreNamedAsInJson() throws Exception {
    HttpResponse<String> response = borrow("{\"bookId\":\"\",\"dayCount\":-1}");
    assertThat(response.statusCode()).isEqualTo(400);
    var violations =
        JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonArray("violations");
    assertThat(violations)
        .extracting(violation -> violation.getAsJsonObject().get("field").getAsString())
        .containsExactlyInAnyOrder("bookId", "dayCount");
  }

  @Test
  void aFailureKeepsItsReasonAndADefectItsSecrets() throws Exception {
    HttpResponse<String> lent = borrow("{\"bookId\":\"lent\",\"dayCount\":1}");
    assertThat(lent.statusCode()).isEqualTo(400);
    assertThat(lent.body()).contains("\"reason\":\"BOOK_LENT\"", "the book is lent");
    HttpResponse<String> broken = borrow("{\"bookId\":\"broken\",\"dayCount\":1}");
    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(broken.body()).doesNotContain("secret");
  }

  @Test
  void aSlowServiceIsGivenUpAtTheDeadline() throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/v1/loans")
                .header("Content-Type", "application/json")
                .header("Concordat-Timeout-Ms", "300")
                .POST(HttpRequest.BodyPublishers.ofString("{\"bookId\":\"slow\",\"dayCount\":1}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(504);
  }

  @Test
  void aServiceThatIsDownIsUnavailable() throws Exception {
    server.close();
    HttpResponse<String> response = borrow("{\"bookId\":\"Emma\",\"dayCount\":1}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).isPresent();
  }

  @Test
  void aStreamGoesThroughAndItsCancellationBack() throws Exception {
    HttpResponse<String> lines =
        client.send(to("/v1/loans/3/changes").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(lines.body().lines()).hasSize(3);
    HttpResponse<InputStream> endless =
        client.send(to("/v1/loans/8/changes").build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(endless.body().read()).isEqualTo('{');
    assertThat(watching.await(10, TimeUnit.SECONDS)).isTrue();
    endless.body().close();
    assertThat(abandoned.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
