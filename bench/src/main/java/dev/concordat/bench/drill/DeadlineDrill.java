package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DigRequest;
import dev.concordat.bench.drill.v1.DrillClient;
import dev.concordat.calls.Calls;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Figure;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.service.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A call with 300 ms goes through four processes and ends in a statement of ten seconds: how long
/// after the deadline the work and the statement go on.
public final class DeadlineDrill implements Drill {
  private static final Duration BUDGET = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double TARGET_MS = 50;
  private static final int HOPS = 4;
  private static final int ROUNDS = 10;
  private static final int LONG_MS = 10_000;

  private static final String RUNNING =
      """
      select count(*) from pg_stat_activity
      where state = 'active' and query like 'select pg_sleep%'
      """;

  @Override
  public String name() {
    return "deadline";
  }

  @Override
  public String description() {
    return "300 ms over four processes: the statement at the end stops within 50 ms of expiry";
  }

  @Override
  public String broken() {
    return "the last one runs its statement beside Concordat's transaction";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException, SQLException {
    Path folder = Files.createTempDirectory("concordat-drill");
    arguments.say("starting " + HOPS + " processes in a row and a database …");
    BlockingQueue<Long> ended = new LinkedBlockingQueue<>();
    Deque<OwnProcess> chain = new ArrayDeque<>();
    Postgres postgres = new Postgres(folder);
    try {
      int port = start(arguments, folder, postgres, chain, ended);
      Verdict verdict = dig(arguments, postgres, port, ended);
      chain.forEach(OwnProcess::stop);
      return verdict;
    } finally {
      chain.forEach(OwnProcess::close);
      postgres.close();
      Stage.delete(folder);
    }
  }

  /// @return the port of the first one
  private static int start(
      DrillArguments arguments,
      Path folder,
      Postgres postgres,
      Deque<OwnProcess> chain,
      BlockingQueue<Long> ended) {
    DatabaseServer server = new DatabaseServer("127.0.0.1", postgres.port(), "postgres");
    server.create(List.of("drill", "shared"));
    List<String> leaf =
        List.of(
            "leaf",
            server.url("drill"),
            server.url("shared"),
            folder.resolve("leaf").toString(),
            Boolean.toString(arguments.broken()));
    List<String> next = leaf;
    int port = 0;
    for (int hop = HOPS; hop >= 1; hop--) {
      Link link = new Link(ended);
      chain.addFirst(
          OwnProcess.start(ChainProcess.class, folder.resolve("chain.log"), link::line, next));
      port = link.port;
      next = List.of("hop", Integer.toString(port));
    }
    return port;
  }

  private static Verdict dig(
      DrillArguments arguments, Postgres postgres, int port, BlockingQueue<Long> ended)
      throws SQLException {
    double worstWork = 0;
    double worstStatement = 0;
    StaticResolver resolver = StaticResolver.of("drill", Endpoint.of("127.0.0.1", port));
    try (Calls calls = Calls.open("drill-load", resolver);
        Connection connection = Postgres.source(postgres.url()).getConnection();
        Statement statement = connection.createStatement()) {
      DrillClient client = calls.client(DrillClient.FACTORY);
      for (int i = 0; i < ROUNDS; i++) { // the first calls load classes
        client.dig(DigRequest.getDefaultInstance());
        awaitEnd(ended);
      }
      for (int round = 1; round <= ROUNDS; round++) {
        long expiry = System.nanoTime() + BUDGET.toNanos();
        expire(client);
        double stopped = millisAfter(expiry, awaitGone(statement));
        double work = millisAfter(expiry, awaitEnd(ended));
        arguments.say(
            String.format(
                Locale.ROOT, "  after expiry: work %.1f ms, statement %.1f ms", work, stopped));
        worstWork = Math.max(worstWork, work);
        worstStatement = Math.max(worstStatement, stopped);
      }
    }
    return new Verdict(
        Math.max(worstWork, worstStatement) <= TARGET_MS,
        String.format(
            Locale.ROOT,
            "%d times; at worst the work went on for %.1f ms and the statement for %.1f ms, at"
                + " most %.0f may be",
            ROUNDS,
            worstWork,
            worstStatement,
            TARGET_MS),
        List.of(
            new Figure("drill.deadline.work_ms", worstWork, "ms"),
            new Figure("drill.deadline.statement_ms", worstStatement, "ms")));
  }

  private static void expire(DrillClient client) {
    DigRequest request = DigRequest.newBuilder().setWorkMs(LONG_MS).build();
    try {
      Context.current()
          .withDeadline(Deadline.after(BUDGET, Clock.SYSTEM))
          .run(() -> client.dig(request));
      throw new IllegalStateException("a statement of 10 s was answered within 300 ms");
    } catch (Failure expected) {
      // It must end so: what is measured is what goes on behind it.
      assert expected.code() != Code.INVALID_ARGUMENT;
    }
  }

  /// When the statement was seen to be gone, in nanoseconds.
  private static long awaitGone(Statement statement) throws SQLException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < until) {
      try (ResultSet rows = statement.executeQuery(RUNNING)) {
        rows.next();
        if (rows.getLong(1) == 0) {
          break;
        }
      }
    }
    return System.nanoTime();
  }

  private static long awaitEnd(BlockingQueue<Long> ended) {
    try {
      Long end = ended.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return end == null ? System.nanoTime() : end;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }

  private static double millisAfter(long expiry, long instant) {
    return Math.max(0, (instant - expiry) / 1e6);
  }

  private static final class Link {
    private final BlockingQueue<Long> ended;
    private volatile int port;

    Link(BlockingQueue<Long> ended) {
      this.ended = ended;
    }

    void line(String line) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("ready")) {
        port = Integer.parseInt(words[1]);
      } else if (words[0].equals("ended")) {
        ended.add(Long.parseLong(words[1]));
      }
    }
  }
}
