package dev.concordat.kafka.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/// Broker and controller in one process, which says `ready` once it answers, and ends when its
/// input ends: on purpose, or because whoever started it died.
public final class BrokerProcess {
  private BrokerProcess() {}

  /// Runs the broker.
  ///
  /// @param arguments the file with Kafka's `server.properties`
  public static void main(String[] arguments) throws IOException {
    // The one line that is meant for the parent; everything else is a log.
    PrintStream parent = System.out;
    System.setOut(System.err);
    Path file = Path.of(arguments[0]);
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      settings.load(reader);
    }
    Path logs = Path.of(settings.getProperty("log.dirs"));
    format(file, logs);
    if (AfterCrash.happened(logs)) {
      AfterCrash.fence(settings);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::shutdown));
    server.startup();
    parent.println("ready");
    parent.flush();
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }

  private static void format(Path file, Path logs) {
    if (Files.exists(logs.resolve("meta.properties"))) {
      return;
    }
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    int code = StorageTool.execute(format, System.err);
    if (code != 0) {
      throw new IllegalStateException("the storage " + logs + " could not be formatted");
    }
  }
}
