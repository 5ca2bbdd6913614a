package dev.concordat.calls.rest;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.museum.v1.MuseumClient;
import dev.concordat.core.Background;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// Another company's server over plain sockets, so that a test decides every byte of an answer.
final class Company implements AutoCloseable {
  /// What it does with a request.
  interface Script {
    void answer(Asked asked, Wire wire) throws IOException, InterruptedException;
  }

  /// A request as it came.
  record Asked(String line, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  final AtomicInteger sockets = new AtomicInteger();
  final CountDownLatch left = new CountDownLatch(1);
  volatile Script script = (request, wire) -> wire.json(200, "{}");
  private final Background threads = new Background("company");
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final List<Calls> clients = new CopyOnWriteArrayList<>();

  Company() {
    this(plain());
  }

  Company(ServerSocket server) {
    this.server = server;
    threads.start("accept", this::accept);
  }

  private static ServerSocket plain() {
    try {
      return new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  MuseumClient client() {
    return client(RestOptions.plaintext(), options -> options);
  }

  MuseumClient client(RestOptions rest, UnaryOperator<CallsOptions> more) {
    StaticResolver resolver = StaticResolver.of("museum", Endpoint.of("localhost", port()));
    CallsOptions options =
        CallsOptions.of("tester", resolver).withTransport(RestTransport.of(rest));
    Calls calls = Calls.open(more.apply(options));
    clients.add(calls);
    return calls.client(MuseumClient.FACTORY);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.incrementAndGet();
        open.add(socket);
        threads.start("socket", () -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Wire wire = new Wire(socket);
      while (!socket.isClosed()) {
        String line = line(in);
        if (line.isEmpty()) {
          break;
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          int colon = header.indexOf(':');
          headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Asked request = new Asked(line, headers, body);
        asked.add(request);
        script.answer(request, wire);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SocketException e) {
      // The client has closed it while we wrote.
      left.countDown();
    } catch (IOException e) {
      left.countDown();
    }
    left.countDown();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /// Nobody listens any more.
  void leave() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.close();
  }

  @Override
  public void close() {
    leave();
    clients.forEach(Calls::close);
  }

  /// The way back.
  static final class Wire {
    private final Socket socket;

    Wire(Socket socket) {
      this.socket = socket;
    }

    void json(int status, String body, String... headers) throws IOException {
      reply(status, "application/json", body, headers);
    }

    void reply(int status, String type, String body, String... headers) throws IOException {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      head.append(type.isEmpty() ? "" : "Content-Type: " + type + "\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      raw(head + (status == 204 ? "" : "Content-Length: " + bytes.length + "\r\n") + "\r\n" + body);
    }

    /// The head of a body that comes in chunks.
    void begin(String type) throws IOException {
      raw("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    void chunk(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      raw(Integer.toHexString(bytes.length).toUpperCase(Locale.ROOT) + "\r\n" + text + "\r\n");
    }

    void end() throws IOException {
      raw("0\r\n\r\n");
    }

    void raw(String text) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /// Returns when the client has closed its side.
    void awaitGone() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        assert !socket.isClosed();
      }
    }

    void close() throws IOException {
      socket.close();
    }
  }
}
