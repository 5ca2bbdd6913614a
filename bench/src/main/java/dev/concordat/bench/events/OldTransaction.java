package dev.concordat.bench.events;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// W3: a queue works at a fixed rate while somebody keeps a REPEATABLE READ transaction open, so
/// that no row which has gone can be removed. How fast the queue can be drained, at the beginning
/// and at the end of that time.
final class OldTransaction {
  private static final List<String> QUEUES =
      List.of(Settings.OURS, "db-scheduler-tuned", "jobrunr-tuned");

  /// Tasks a second, the same for all.
  private static final int RATE = 500;

  /// With turns of six seconds: five minutes for ours.
  private static final int TURNS = 50;

  private static final int SHOWN = 5;
  private static final int DRAINS = 2;
  private static final int DRAINED = 20_000;

  private final Settings settings;
  private final Server server;
  private final Screen screen;
  private final Map<String, Seen> seen = new LinkedHashMap<>();

  OldTransaction(Settings settings, Server server, Screen screen) {
    this.settings = settings;
    this.server = server;
    this.screen = screen;
  }

  /// What one contestant did.
  ///
  /// @param start drained a second at the beginning
  /// @param end drained a second at the end
  /// @param p99Start milliseconds from asked to done at the fixed rate, in the first turn
  /// @param p99End the same in the last turn
  /// @param left tasks that waited at the end of the last turn
  /// @param dead rows that could not be removed, at the end
  record Seen(double start, double end, double p99Start, double p99End, long left, long dead) {}

  Map<String, Seen> seen() {
    return seen;
  }

  void run() throws IOException, SQLException {
    for (String name : settings.among(QUEUES)) {
      // The others get half the time, which is to their advantage.
      int turns = name.equals(Settings.OURS) ? TURNS : TURNS / 2;
      screen.say(
          "W3 %s: %d a second beside an old transaction, for %d s …",
          name, RATE, turns * settings.seconds());
      try (var rivals = Rivals.start(List.of(name), "queue", server, screen)) {
        rivals.inTurn(0, rival -> measure(rival, turns));
      }
    }
  }

  private void measure(Rival rival, int turns) {
    var _ = drain(rival);
    var _ = drain(rival);
    try (Connection old = DriverManager.getConnection(rival.url())) {
      old.setAutoCommit(false);
      old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var _ = number(old, "select count(*) from orders");
      double start = drains(rival);
      Histogram first = new Histogram(3);
      Histogram last = first;
      long left = 0;
      for (int turn = 0; turn < turns; turn++) {
        var answer = rival.ask("pace " + RATE + " " + settings.seconds() * 1000);
        last = answer.histogram(2);
        first = turn == 0 ? last : first;
        left = answer.number(1);
        if (turn % SHOWN == 0 || turn == turns - 1) {
          screen.say(
              "  %4d s  %,6d/s  p50 %7.1f ms  p99 %7.1f ms  %,d wait",
              (turn + 1) * settings.seconds(),
              answer.number(0) / settings.seconds(),
              last.getValueAtPercentile(50) / 1e6,
              last.getValueAtPercentile(99) / 1e6,
              left);
        }
      }
      double end = drains(rival);
      ToDoubleFunction<Histogram> p99 = times -> times.getValueAtPercentile(99) / 1e6;
      Seen now =
          new Seen(
              start, end, p99.applyAsDouble(first), p99.applyAsDouble(last), left, dead(rival));
      seen.put(rival.name(), now);
      screen.say("  drained %,.0f/s at the start, %,.0f/s at the end", start, end);
    } catch (SQLException e) {
      throw new IllegalStateException("the old transaction ended", e);
    }
  }

  private double drains(Rival rival) {
    double sum = 0;
    for (int i = 0; i < DRAINS; i++) {
      sum += drain(rival);
    }
    return sum / DRAINS;
  }

  private double drain(Rival rival) {
    var _ = rival.ask("fill " + DRAINED);
    var answer = rival.ask("drain " + settings.seconds() * 5_000);
    return answer.number(0) * 1e9 / answer.number(1);
  }

  private static long dead(Rival rival) throws SQLException {
    try (Connection connection = DriverManager.getConnection(rival.url())) {
      return number(connection, "select sum(n_dead_tup)::bigint from pg_stat_user_tables");
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
