package dev.concordat.bench.events;

import dev.concordat.bench.Peer;
import dev.concordat.bench.Usage;
import dev.concordat.bench.work.Child;
import dev.concordat.cli.Benchmark;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// One contestant in one part: its process, its database, and what both used.
///
/// Threads: one.
final class Rival implements AutoCloseable {
  private static final String TUNED = "-tuned";
  private static final String HEAP = "384m";

  private final String name;
  private final String url;
  private final Server server;
  private final Peer peer;

  private Rival(String name, String url, Server server, Peer peer) {
    this.name = name;
    this.url = url;
    this.server = server;
    this.peer = peer;
  }

  /// Starts it on a fresh database.
  ///
  /// @param role `tell`, `queue` or `stream`
  static Rival start(String name, String role, Server server) throws IOException, SQLException {
    return start(name, role, server, "");
  }

  /// The same for one that may need a Kafka.
  ///
  /// @param kafka its `host:port`
  static Rival start(String name, String role, Server server, String kafka)
      throws IOException, SQLException {
    String url = server.database(name);
    var program = new Peer.Program(classPath(name), Child.class, HEAP);
    return new Rival(name, url, server, Peer.start(name, program, role, url, kafka).peer());
  }

  String name() {
    return name;
  }

  String url() {
    return url;
  }

  /// What a command brought about, and what it cost.
  ///
  /// @param said the answer
  /// @param used processor time of the contestant's process and of PostgreSQL meanwhile
  record Answer(List<String> said, Usage used) {
    long number(int index) {
      return Long.parseLong(said.get(index));
    }

    Histogram histogram(int index) {
      try {
        return Histogram.decodeFromCompressedByteBuffer(
            ByteBuffer.wrap(Base64.getDecoder().decode(said.get(index))), 0);
      } catch (DataFormatException e) {
        throw new IllegalStateException("a child sent no histogram", e);
      }
    }

    /// Milliseconds of processor time for each.
    double millisEach(long count) {
      return (used.jvmCpu().toNanos() + used.databaseCpu().toNanos()) / 1e6 / Math.max(1, count);
    }
  }

  Answer ask(String command) {
    Usage before = Usage.of(peer.process(), server.data());
    List<String> said = peer.ask(command);
    return new Answer(said, Usage.of(peer.process(), server.data()).since(before));
  }

  @Override
  public void close() {
    peer.close();
  }

  private static String classPath(String name) throws IOException {
    if (name.startsWith(Settings.OURS) || name.equals(Settings.FLOOR)) {
      return System.getProperty("java.class.path");
    }
    Path jars = home().resolve("peers").resolve(name.replace(TUNED, ""));
    if (!Files.isDirectory(jars)) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          name + " is not built: " + jars + " is missing. Start with ./concordat, it builds");
    }
    return jars + File.separator + "*";
  }

  /// `cli/target`: the command line is in a jar in its `lib`.
  private static Path home() throws IOException {
    try {
      var jar = Benchmark.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar).resolve("../..").normalize();
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the peers", e);
    }
  }
}
