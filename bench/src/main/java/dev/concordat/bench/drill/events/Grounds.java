package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.kafka.LocalKafka;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The servers of a drill: PostgreSQL, and Kafka where the log is to be on it.
///
/// Threads: one.
///
/// @param kafka empty when the log is in PostgreSQL
record Grounds(Postgres postgres, Optional<LocalKafka> kafka) implements AutoCloseable {
  /// Between the choice of a free port and its use another drill could choose the same one, and
  /// then both would work on one server: they take turns.
  private static final Path TURN =
      Path.of(System.getProperty("java.io.tmpdir"), "concordat-drills.lock");

  static Grounds open(Path folder, boolean onKafka) throws IOException {
    try (FileChannel turn =
            FileChannel.open(TURN, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = turn.lock()) {
      Postgres postgres = new Postgres(folder);
      try {
        return new Grounds(postgres, onKafka ? Optional.of(kafka(folder)) : Optional.empty());
      } catch (RuntimeException e) {
        postgres.close();
        throw e;
      }
    }
  }

  private static LocalKafka kafka(Path folder) {
    return LocalKafka.start(
        LocalKafka.classPath(LocalKafka.class),
        folder.resolve("kafka"),
        folder.resolve("kafka.log"));
  }

  @Override
  public void close() {
    try {
      kafka.ifPresent(LocalKafka::close);
    } finally {
      postgres.close();
    }
  }
}
