package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.service.shelf.v1.AddBookRequest;
import dev.concordat.service.shelf.v1.Book;
import dev.concordat.service.shelf.v1.ReadAloudRequest;
import dev.concordat.service.shelf.v1.ShelfApi;
import dev.concordat.service.shelf.v1.ShelfClient;
import dev.concordat.service.shelf.v1.ShelfOwner;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Three services in a row, a fourth with a database, a statement in it that takes a minute.
class LateStatementTest {
  private static final String BACKEND = "select pg_backend_pid()";
  private static final String RUNNING =
      "select count(*) from pg_stat_activity where state = 'active' and query like "
          + "'%pg_sleep(' || '62)%'";

  private final String shared = TestDatabases.create("shared");
  private final StaticResolver resolver = StaticResolver.empty();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Service<ShelfOwner> leaf =
      Concordat.service(ShelfOwner.OWNER, TestDatabases.environment("shelf", shared));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    leaf.close();
  }

  @Test
  void deadlineOf300MillisecondsEndsTheStatementFourHopsDown() throws Exception {
    leaf.implement(ShelfApi.CONTRACT, new Desk());
    leaf.start();
    resolver.with("hop4", Endpoint.of("127.0.0.1", leaf.port()));
    ShelfClient next = client("hop4");
    for (int hop = 3; hop >= 1; hop--) {
      next = forwarding("hop" + hop, next);
    }
    ShelfClient first = next;
    // The first call makes the connections.
    assertThat(first.readAloud(ReadAloudRequest.newBuilder().setBookId("short").build()).getTitle())
        .isEqualTo("short");
    long backend = ask(BACKEND);

    assertThatThrownBy(() ->
            Context.current()
                .withDeadline(Deadline.after(Duration.ofMillis(300), Clock.SYSTEM))
                .run(() -> first.readAloud(ReadAloudRequest.getDefaultInstance())))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    running.await();
    over.await();

    assertThat(ask(RUNNING)).isZero();
    assertThat(ask("select count(*) from pg_stat_activity where pid = " + backend)).isOne();
  }

  private ShelfClient forwarding(String name, ShelfClient next) {
    CallServer server =
        CallServer.with(ServerOptions.of(name))
            .serve(
                ShelfApi.CONTRACT,
                new ShelfApi() {
                  @Override
                  public Book addBook(AddBookRequest request) {
                    return next.addBook(request);
                  }

                  @Override
                  public Book readAloud(ReadAloudRequest request) {
                    return next.readAloud(request);
                  }
                })
            .start();
    open.add(server);
    resolver.with(name, Endpoint.of("127.0.0.1", server.port()));
    return client(name);
  }

  private ShelfClient client(String name) {
    Calls calls = Calls.open("tester", resolver);
    open.add(calls);
    return new ShelfClient(calls.caller(name));
  }

  private long ask(String sql) throws SQLException {
    try (var connection = leaf.database().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private final class Desk implements ShelfApi {
    @Override
    public Book addBook(AddBookRequest request) {
      throw Failure.notFound("no books here");
    }

    @Override
    public Book readAloud(ReadAloudRequest request) {
      if (request.getBookId().equals("short")) {
        return Book.newBuilder().setTitle("short").build();
      }
      try (var tx = leaf.begin();
          var statement = tx.connection().createStatement()) {
        running.countDown();
        statement.execute("select pg_sleep(62)");
        throw new AssertionError("a minute has passed");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } finally {
        over.countDown();
      }
    }
  }
}
