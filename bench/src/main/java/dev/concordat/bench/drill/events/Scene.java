package dev.concordat.bench.drill.events;

import dev.concordat.service.DatabaseServer;
import java.time.Duration;
import java.util.List;

/// What all processes of a drill are told.
///
/// @param server where the databases of till and books are
/// @param log where the log is: a JDBC URL, or `kafka://…`
/// @param lease until a silent process is replaced
/// @param rate transactions per second, of all publishers together
/// @param seed of all that is random
/// @param flaw what is done wrong on purpose
record Scene(DatabaseServer server, String log, Duration lease, int rate, long seed, Flaw flaw) {
  static final String TILL = "till";
  static final String BOOKS = "books";
  static final String LOG = "log";

  /// As words of a command line.
  List<String> words() {
    return List.of(
        server.host(),
        Integer.toString(server.port()),
        server.user(),
        log,
        lease.toString(),
        Integer.toString(rate),
        Long.toString(seed),
        flaw.name());
  }

  static Scene of(List<String> words) {
    return new Scene(
        new DatabaseServer(words.get(0), Integer.parseInt(words.get(1)), words.get(2)),
        words.get(3),
        Duration.parse(words.get(4)),
        Integer.parseInt(words.get(5)),
        Long.parseLong(words.get(6)),
        Flaw.valueOf(words.get(7)));
  }

  Scene withLog(String log) {
    return new Scene(server, log, lease, rate, seed, flaw);
  }
}
