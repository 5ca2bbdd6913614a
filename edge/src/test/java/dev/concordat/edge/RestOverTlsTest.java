package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.rest.HttpOptions;
import dev.concordat.calls.rest.RestOptions;
import dev.concordat.calls.rest.RestTransport;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.edge.desk.v1.BorrowRequest;
import dev.concordat.edge.desk.v1.DeskClient;
import dev.concordat.edge.desk.v1.Loan;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The REST client over TLS, against somebody else's server.
class RestOverTlsTest {
  private static final String STORE = "dev/concordat/edge/localhost.p12";
  private static final String PASSWORD = "changeit";
  private static final BorrowRequest EMMA =
      BorrowRequest.newBuilder().setBookId("Emma").setDayCount(14).build();

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<HttpVersion> versions = ConcurrentHashMap.newKeySet();
  private final CountDownLatch reset = new CountDownLatch(1);
  private final HttpServer server =
      vertx
          .createHttpServer(
              new HttpServerOptions()
                  .setHost("localhost")
                  .setSsl(true)
                  .setUseAlpn(true)
                  .setKeyCertOptions(new PfxOptions().setPath(STORE).setPassword(PASSWORD)))
          .connectionHandler(connection -> connections.incrementAndGet())
          .requestHandler(this::answer)
          .listen(0)
          .await();
  private final SSLContext trusted = trusting();

  private void answer(HttpServerRequest request) {
    requests.incrementAndGet();
    versions.add(request.version());
    request.bodyHandler(body -> {
      if (body.toString().contains("slow")) {
        request.response().exceptionHandler(gone -> reset.countDown());
        request.connection().closeHandler(gone -> reset.countDown());
      } else {
        request
            .response()
            .putHeader("Content-Type", "application/json")
            .end("{\"loanId\":\"7\",\"bookId\":\"Emma\"}");
      }
    });
  }

  private static SSLContext trusting() {
    try (InputStream in = RestOverTlsTest.class.getClassLoader().getResourceAsStream(STORE)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      KeyStore certificates = KeyStore.getInstance("PKCS12");
      certificates.load(null, null);
      certificates.setCertificateEntry("localhost", keys.getCertificate("localhost"));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(certificates);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Calls calls(String host, HttpOptions http) {
    return Calls.open(
        CallsOptions.of("tester", StaticResolver.of("desk", Endpoint.of(host, server.actualPort())))
            .withTransport(RestTransport.of(RestOptions.https().withHttp(http))));
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyCallsAtOnceShareOneConnectionOverHttp2(boolean http2) {
    try (Calls calls =
        calls("localhost", HttpOptions.DEFAULT.withHttp2(http2).withTls(() -> trusted))) {
      DeskClient client = calls.client(DeskClient.FACTORY);
      assertThat(client.borrow(EMMA).getLoanId()).isEqualTo("7");
      List<Loan> loans =
          Fanout.each(IntStream.range(0, 20).boxed().toList(), i -> client.borrow(EMMA));
      assertThat(loans).hasSize(20);
    }
    assertThat(versions).containsExactly(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
    if (http2) {
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void deadlineResetsTheStreamAndKeepsTheConnection() throws Exception {
    try (Calls calls = calls("localhost", HttpOptions.DEFAULT.withTls(() -> trusted))) {
      DeskClient client = calls.client(DeskClient.FACTORY);
      client.borrow(EMMA);
      Context.root()
          .withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM))
          .run(() ->
              assertThatExceptionOfType(Failure.class)
                  .isThrownBy(() -> client.borrow(EMMA.toBuilder().setBookId("slow").build()))
                  .matches(failure -> failure.code() == Code.DEADLINE_EXCEEDED));
      reset.await();
      client.borrow(EMMA);
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void certificateThatWeDoNotTrustIsSentNothing() {
    try (Calls calls = calls("localhost", HttpOptions.DEFAULT)) {
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() -> calls.client(DeskClient.FACTORY).borrow(EMMA))
          .satisfies(failure -> {
            assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(failure.details().reason()).isEqualTo("TLS_FAILED");
          });
    }
    assertThat(requests).hasValue(0);
  }

  @Test
  void certificateOfAnotherHostIsSentNothing() {
    try (Calls calls = calls("127.0.0.1", HttpOptions.DEFAULT.withTls(() -> trusted))) {
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() -> calls.client(DeskClient.FACTORY).borrow(EMMA))
          .matches(failure -> failure.details().reason().equals("TLS_FAILED"));
    }
    assertThat(requests).hasValue(0);
  }
}
