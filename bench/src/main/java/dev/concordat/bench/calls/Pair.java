package dev.concordat.bench.calls;

import dev.concordat.bench.Peer;
import dev.concordat.bench.load.Child;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/// One contender: a server, a client that knows it, and what the two were seen to do.
final class Pair implements AutoCloseable {
  private static final double MICROS = 1e-3;

  private final String name;
  private final Peer server;
  private final Peer client;

  private Pair(String name, Peer server, Peer client) {
    this.name = name;
    this.server = server;
    this.client = client;
  }

  static Pair start(String name, String classPath) throws IOException {
    var program = new Peer.Program(classPath, Child.class, "256m");
    Peer.Started server = Peer.start(name, program, "serve");
    try {
      String port = server.said().getFirst();
      return new Pair(name, server.peer(), Peer.start(name, program, "ask", port).peer());
    } catch (IOException | RuntimeException e) {
      server.peer().close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  Peer server() {
    return server;
  }

  Peer client() {
    return client;
  }

  /// Callers that ask again at once.
  Turn closed(int callers, int seconds) {
    return turn("closed " + callers + " " + Duration.ofSeconds(seconds).toMillis());
  }

  /// Calls at a fixed rate.
  Turn open(int rate, int seconds) {
    return turn("open " + rate + " " + Duration.ofSeconds(seconds).toMillis());
  }

  /// One stream, read to its end.
  Turn stream(int messages) {
    return turn("stream " + messages);
  }

  private Turn turn(String command) {
    Duration serverBefore = server.spent().cpu();
    Duration clientBefore = client.spent().cpu();
    long begin = System.nanoTime();
    List<String> said = client.ask(command);
    double seconds = (System.nanoTime() - begin) / 1e9;
    Duration serverCpu = server.spent().cpu().minus(serverBefore);
    Duration clientCpu = client.spent().cpu().minus(clientBefore);
    long done = Long.parseLong(said.getFirst());
    Histogram latencies = said.size() > 2 ? decode(said.get(2)) : new Histogram(3);
    return new Turn(
        done,
        said.size() > 1 ? Long.parseLong(said.get(1)) : 0,
        done / seconds,
        serverCpu.toNanos() * MICROS / Math.max(1, done),
        clientCpu.toNanos() * MICROS / Math.max(1, done),
        latencies);
  }

  /// What one turn showed.
  ///
  /// @param done calls or messages
  /// @param failed calls that failed
  /// @param perSecond calls or messages a second
  /// @param serverMicros processor time of the server for each of them, in microseconds
  /// @param clientMicros processor time of the client for each of them, in microseconds
  /// @param latencies in nanoseconds; empty but at a fixed rate
  record Turn(
      long done,
      long failed,
      double perSecond,
      double serverMicros,
      double clientMicros,
      Histogram latencies) {
    /// Of both processes.
    double micros() {
      return serverMicros + clientMicros;
    }
  }

  private static Histogram decode(String text) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("a child sent no histogram: " + text, e);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
