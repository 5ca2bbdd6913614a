package dev.concordat.kafka;

import dev.concordat.events.log.Broker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/// One real Kafka for all tests of this JVM; each test takes topics of its own. It ends with the
/// JVM.
final class TestKafka {
  private static final AtomicInteger LOGS = new AtomicInteger();
  private static final Path FOLDER = folder();
  static final LocalKafka BROKER = start(FOLDER.resolve("kafka"));

  private TestKafka() {}

  /// Another one, for tests that stop it.
  static LocalKafka start(Path folder) {
    return LocalKafka.start(classPath(), folder, folder.resolveSibling("kafka.log"));
  }

  static Path folder() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "kafka");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of a log that shares nothing with those of other tests.
  static String address() {
    return BROKER.address() + "?prefix=t" + LOGS.incrementAndGet() + ".";
  }

  static Broker log(DataSource unused) {
    return KafkaLog.open(address(), Map.of());
  }

  /// The tests' own: the broker is on it.
  static String classPath() {
    String own = System.getProperty("java.class.path");
    return System.getProperty("surefire.test.class.path", own).replace(',', File.pathSeparatorChar);
  }
}
