package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// How much the processes and Concordat's tables take now.
final class Sizes {
  private static final double MEGABYTE = 1024.0 * 1024;
  private static final long PATIENCE_SECONDS = 20;

  /// Children of one table together: `outbox_0` to `outbox_2`, the days of the inbox, the segments
  /// of a topic of the log.
  private static final String TABLES =
      """
      select regexp_replace(relname, '_[0-9]+$', '') as name,
             sum(pg_table_size(oid)) as data, sum(pg_indexes_size(oid)) as indexes
      from pg_class
      where relkind = 'r'
        and relnamespace in (select oid from pg_namespace where nspname = 'concordat')
      group by 1
      """;

  private static final String KEPT_LONG =
      "select 'log_' || id from concordat.log_topic where retention_seconds > 3600";

  private Sizes() {}

  /// Adds what the processes take, the largest of each role: megabytes of heap after a collection
  /// and of memory, threads, file descriptors.
  static void ofProcesses(Cast cast, Map<String, Double> sizes) throws IOException {
    for (Cast.Member member : cast.members()) {
      String of = member.role().words() + ".";
      Path process = Path.of("/proc", Long.toString(member.process().pid()));
      sizes.merge(of + "heap_mb", heap(member), Math::max);
      for (String line : status(process)) {
        String[] words = line.split("[:\\s]+", -1);
        if (words[0].equals("VmRSS")) {
          sizes.merge(of + "rss_mb", Double.parseDouble(words[1]) / 1024, Math::max);
        } else if (words[0].equals("Threads")) {
          sizes.merge(of + "threads", Double.parseDouble(words[1]), Math::max);
        }
      }
      sizes.merge(of + "files", files(process), Math::max);
    }
  }

  private static double heap(Cast.Member member) {
    member.said().clear();
    member.process().tell("heap");
    try {
      String answer = member.said().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return answer == null ? 0 : Long.parseLong(answer) / MEGABYTE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /// Only Linux tells; elsewhere the heap must do.
  private static List<String> status(Path process) throws IOException {
    Path status = process.resolve("status");
    return Files.exists(status) ? Files.readAllLines(status) : List.of();
  }

  private static double files(Path process) throws IOException {
    Path files = process.resolve("fd");
    if (!Files.exists(files)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(files)) {
      return open.count();
    }
  }

  /// Adds what Concordat's tables and their indexes take in one database, in megabytes.
  static void ofTables(String url, String database, Map<String, Double> sizes) throws SQLException {
    try (Connection connection = Postgres.source(url).getConnection();
        Statement statement = connection.createStatement()) {
      Set<String> kept = database.equals(Scene.LOG) ? names(statement, KEPT_LONG) : Set.of();
      ResultSet rows = statement.executeQuery(TABLES);
      while (rows.next()) {
        String name = rows.getString("name");
        String of = database + (kept.contains(name) ? ".kept_" : ".") + name + ".";
        sizes.put(of + "data_mb", rows.getDouble("data") / MEGABYTE);
        sizes.put(of + "indexes_mb", rows.getDouble("indexes") / MEGABYTE);
      }
    }
  }

  private static Set<String> names(Statement statement, String sql) throws SQLException {
    Set<String> names = new HashSet<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /// All of it.
  static Map<String, Double> now(EventsStage stage) throws IOException, SQLException {
    Map<String, Double> sizes = new TreeMap<>();
    ofProcesses(stage.cast(), sizes);
    List<String> databases = new ArrayList<>(List.of(Scene.TILL, Scene.BOOKS));
    if (stage.scene().log().startsWith("jdbc:")) {
      databases.add(Scene.LOG);
    }
    for (String database : databases) {
      ofTables(stage.scene().server().url(database), database, sizes);
    }
    return sizes;
  }
}
