package dev.concordat.cli;

import com.sun.net.httpserver.HttpServer;
import dev.concordat.core.Background;
import dev.concordat.service.Environment;
import dev.concordat.service.Plan;
import dev.concordat.service.Running;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/// A system that starts at once: a foreign part, one with a database, and an edge that counts its
/// visitors in the database. Its main method is the command line on it.
final class TinySystem {
  private TinySystem() {}

  static Plan plan() {
    return Plan.named("tiny")
        .foreign("weather", TinySystem::weather)
        .service("counter", TinySystem::counter)
        .edge("edge", TinySystem::edge);
  }

  public static void main(String[] args) {
    System.exit(CommandLines.run(new Program(plan(), TinySystem.class), args));
  }

  private static Running weather(Environment environment) throws IOException {
    return serve(environment, () -> "sunny");
  }

  private static Running counter(Environment environment) throws Exception {
    String url = environment.databases().own();
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("create table if not exists visit (at timestamptz default now())");
    }
    return serve(environment, () -> Integer.toString(visit(url)));
  }

  private static Running edge(Environment environment) throws IOException {
    return serve(environment, () -> "weather at " + environment.address("weather"));
  }

  private static int visit(String url) {
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("insert into visit default values");
      try (var rows = statement.executeQuery("select count(*) from visit")) {
        rows.next();
        return rows.getInt(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Answer {
    String give();
  }

  private static Running serve(Environment environment, Answer answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(environment.host(), environment.port()), 0);
    Background background = new Background(environment.name());
    server.setExecutor(work -> background.start("answer", work));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.give().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return new Running() {
      @Override
      public int port() {
        return server.getAddress().getPort();
      }

      // Everybody asks the moon, and nobody has ever reached it.
      @Override
      public Set<String> meet(Duration patience) {
        return Set.of("moon");
      }

      @Override
      public void stop(Duration grace) {
        server.stop(0);
      }
    };
  }
}
