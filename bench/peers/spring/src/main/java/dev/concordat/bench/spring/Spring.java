package dev.concordat.bench.spring;

import dev.concordat.bench.load.Asking;
import dev.concordat.bench.load.Contender;
import dev.concordat.bench.load.Serving;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/// Spring Boot with its defaults, but where those would hurt it here: Tomcat does not close a
/// connection after 100 requests, the client's pool has a connection for every caller, and the
/// bulkhead lets all of them in.
public final class Spring implements Contender {
  private static final int CONNECTIONS = 512;
  private static final int CALLS = 10_000;

  @Override
  public String name() {
    return "spring";
  }

  @Override
  public Serving serve() {
    SpringApplication application = new SpringApplication(EchoController.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", "0",
            "server.tomcat.max-keep-alive-requests", "-1",
            "spring.threads.virtual.enabled", "true"));
    var context = (WebServerApplicationContext) application.run();
    return new Serving() {
      @Override
      public int port() {
        return Objects.requireNonNull(context.getWebServer()).getPort();
      }

      @Override
      public void close() {
        SpringApplication.exit(context);
      }
    };
  }

  @Override
  public Asking connect(int port) {
    var pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(CONNECTIONS)
            .setMaxConnPerRoute(CONNECTIONS)
            .build();
    var http = HttpClients.custom().setConnectionManager(pool).build();
    return new Client(
        RestClient.builder()
            .baseUrl("http://127.0.0.1:" + port)
            .requestFactory(new HttpComponentsClientHttpRequestFactory(http))
            .build(),
        http);
  }

  private static final class Client implements Asking {
    private final RestClient rest;
    private final CloseableHttpClient http;
    private final Retry retry = Retry.ofDefaults("echo");
    private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("echo");
    private final Bulkhead bulkhead =
        Bulkhead.of("echo", BulkheadConfig.custom().maxConcurrentCalls(CALLS).build());

    Client(RestClient rest, CloseableHttpClient http) {
      this.rest = rest;
      this.http = http;
    }

    @Override
    public String echo(String text) {
      Supplier<String> call = Bulkhead.decorateSupplier(bulkhead, () -> ask(text));
      call = CircuitBreaker.decorateSupplier(breaker, call);
      return Retry.decorateSupplier(retry, call).get();
    }

    private String ask(String text) {
      Echo answer =
          rest.post()
              .uri("/echo")
              .contentType(MediaType.APPLICATION_JSON)
              .body(new Echo(text))
              .retrieve()
              .body(Echo.class);
      return Objects.requireNonNull(answer).text();
    }

    @Override
    public void close() {
      http.close(CloseMode.IMMEDIATE);
    }
  }
}
