package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A real Kafka of one node, in a process of its own, on a folder that stays: for tests, drills and
/// `concordat up --kafka`. It listens on the loopback address only, on free ports, which it keeps
/// when it is started again. It ends with the process that started it, however that ends.
///
/// Threads: one at a time.
///
/// Failure: [Failure] with `UNAVAILABLE` when it does not start; the message names its log.
public final class LocalKafka implements AutoCloseable {
  private static final String MAIN = "dev.concordat.kafka.broker.BrokerProcess";
  private static final String LOGGING = "dev/concordat/kafka/broker/logback.xml";
  private static final Duration STARTING = Duration.ofSeconds(60);
  private static final Duration STOPPING = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = 5_000_000;
  private static final String HOST = "127.0.0.1";

  private final String classPath;
  private final Path folder;
  private final Path log;
  private final int port;
  private final int controller;
  private @Nullable Process process;

  private LocalKafka(String classPath, Path folder, Path log, int port, int controller) {
    this.classPath = classPath;
    this.folder = folder;
    this.log = log;
    this.port = port;
    this.controller = controller;
  }

  /// Starts it and waits until it answers. One that an earlier process left behind on the folder is
  /// awaited first.
  ///
  /// @param classPath of `concordat-kafka-broker`, for example `cli/target/kafka/*`
  /// @param folder its settings and data; made when it is not there
  /// @param log what it says goes to the end of this file
  public static LocalKafka start(String classPath, Path folder, Path log) {
    try {
      Files.createDirectories(folder);
      awaitEndOfEarlier(folder.resolve("pid"));
      int[] ports = freePorts();
      LocalKafka kafka = new LocalKafka(classPath, folder, log, ports[0], ports[1]);
      kafka.start();
      return kafka;
    } catch (IOException e) {
      throw Failure.of(Code.UNAVAILABLE, "Kafka did not start on " + folder + ": " + e, e);
    }
  }

  /// The class path of the broker as the build lays it out: the folder `kafka` beside the one that
  /// holds the jar, or the classes, of this class.
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when it is not there
  public static String classPath(Class<?> ours) {
    try {
      Path here = Path.of(ours.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path each = here; each != null; each = each.getParent()) {
        Path jars = each.resolve("kafka");
        if (Files.isDirectory(jars) && jars.toFile().list(LocalKafka::isJar).length > 0) {
          return jars + File.separator + "*";
        }
      }
    } catch (URISyntaxException e) {
      throw Failure.of(Code.INTERNAL, "cannot find the jars of Kafka", e);
    }
    throw Failure.of(
        Code.FAILED_PRECONDITION,
        "Kafka is not built: cli/target/kafka is missing. Start with ./concordat, it builds");
  }

  private static boolean isJar(File folder, String name) {
    return name.endsWith(".jar");
  }

  /// `host:port`, for Kafka's own clients and tools.
  public String bootstrap() {
    return HOST + ":" + port;
  }

  /// For `CONCORDAT_LOG`.
  public String address() {
    return "kafka://" + bootstrap();
  }

  /// Its process id; 0 while it is down.
  public long pid() {
    return process == null ? 0 : process.pid();
  }

  /// Starts it again, on the same ports and data.
  public void start() {
    try {
      Files.writeString(folder.resolve("server.properties"), settings());
      Process started =
          new ProcessBuilder(
                  // Ctrl-C reaches the whole process group: the broker ends after those who use it.
                  "sh",
                  "-c",
                  "trap '' INT; exec \"$@\"",
                  "sh",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-Xmx320m",
                  "-XX:TieredStopAtLevel=1",
                  "-Dlogback.configurationFile=" + LOGGING,
                  "-cp",
                  classPath,
                  MAIN,
                  folder.resolve("server.properties").toString())
              .redirectError(Redirect.appendTo(log.toFile()))
              .start();
      process = started;
      Files.writeString(folder.resolve("pid"), Long.toString(started.pid()));
      awaitReady(started);
    } catch (IOException e) {
      throw Failure.of(Code.UNAVAILABLE, "Kafka could not be started: " + e.getMessage(), e);
    }
  }

  /// Lets it write what it has in memory, and waits for its end; after 30 seconds it is killed.
  public void stop() {
    Process running = process;
    process = null;
    if (running == null) {
      return;
    }
    try {
      running.getOutputStream().close();
    } catch (IOException e) {
      running.destroy();
    }
    if (!ends(running.toHandle(), STOPPING)) {
      running.destroyForcibly();
      ends(running.toHandle(), STOPPING);
    }
  }

  /// Kills it, as SIGKILL does.
  public void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly();
      ends(running.toHandle(), STOPPING);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void awaitReady(Process started) throws IOException {
    BufferedReader output = started.inputReader();
    long end = System.nanoTime() + STARTING.toNanos();
    while (started.isAlive() && !output.ready() && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    if (!output.ready() || !"ready".equals(output.readLine())) {
      kill();
      throw Failure.of(
          Code.UNAVAILABLE, "Kafka did not start on " + folder + "; its log is " + log);
    }
  }

  /// It ends by itself when the process that started it has ended.
  private static void awaitEndOfEarlier(Path file) throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    String pid = Files.readString(file).strip();
    Optional<ProcessHandle> earlier =
        pid.matches("[0-9]{1,10}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
    if (earlier.filter(LocalKafka::isBroker).filter(it -> !ends(it, STOPPING)).isPresent()) {
      throw Failure.of(
          Code.UNAVAILABLE,
          "an earlier Kafka (pid " + pid + ") still runs on this folder and does not end; end it");
    }
  }

  private static boolean isBroker(ProcessHandle process) {
    return process.info().commandLine().map(line -> line.contains(MAIN)).orElse(false);
  }

  private static boolean ends(ProcessHandle process, Duration patience) {
    try {
      var _ = process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int[] freePorts() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket one = new ServerSocket(0, 1, loopback);
        ServerSocket two = new ServerSocket(0, 1, loopback)) {
      return new int[] {one.getLocalPort(), two.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One node, so no copies; small caches; dead producers' transactions are ended within a second
  /// of their time.
  private String settings() {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@%1$s:%3$d
    controller.listener.names=CONTROLLER
    listeners=PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d
    advertised.listeners=PLAINTEXT://%1$s:%2$d
    listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
    log.dirs=%4$s
    auto.create.topics.enable=false
    offsets.topic.num.partitions=4
    transaction.state.log.num.partitions=4
    transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
    log.cleaner.dedupe.buffer.size=4194304
    num.network.threads=2
    num.io.threads=4
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    """
        .formatted(HOST, port, controller, folder.resolve("data"));
  }
}
