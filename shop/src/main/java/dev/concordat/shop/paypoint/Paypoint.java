package dev.concordat.shop.paypoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.concordat.core.Background;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/// The payment company's server: HTTP/1.1 and JSON, one virtual thread per request.
///
/// It declines the card `tok_declined`, and answers for `tok_slow` only after 10 seconds.
public final class Paypoint implements Running {
  private static final Duration SLOW = Duration.ofSeconds(10);
  private static final int BACKLOG = 1_024;

  private final Background requests = new Background("paypoint");
  private final Ledger ledger;
  private final HttpServer server;

  private Paypoint(Ledger ledger, HttpServer server) {
    this.ledger = ledger;
    this.server = server;
  }

  /// Starts it; its books are the file `ledger.jsonl` in the environment's folder.
  public static Running start(Environment environment) throws IOException {
    return start(
        environment.host(), environment.port(), environment.data().resolve("ledger.jsonl"));
  }

  static Paypoint start(String host, int port, Path books) throws IOException {
    // Or an answer waits 40 ms for the acknowledgement of its head (JDK-6968351).
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Ledger ledger = Ledger.open(books);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
    Paypoint paypoint = new Paypoint(ledger, server);
    Counter counter = new Counter(ledger, SLOW);
    server.createContext("/", exchange -> answer(counter, exchange));
    server.setExecutor(request -> paypoint.requests.start("request", request));
    server.start();
    return paypoint;
  }

  private static void answer(Counter counter, HttpExchange exchange) throws IOException {
    try (exchange) {
      counter.answer(exchange);
    }
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void stop(Duration grace) {
    requests.stop(grace);
    server.stop(0);
    try {
      ledger.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger cannot be closed", e);
    }
  }
}
