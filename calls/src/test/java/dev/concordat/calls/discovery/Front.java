package dev.concordat.calls.discovery;

import dev.concordat.calls.discovery.Origin.Plague;
import dev.concordat.core.Background;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Stands before a server and lets its bytes through, or not: it can be down, hang, or say
/// something else.
final class Front implements AutoCloseable {
  private final int behind;
  private final ServerSocket door;
  private final Background threads = new Background("front");
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong asked = new AtomicLong();
  private volatile Plague plague = Plague.NONE;

  Front(int behind) {
    this.behind = behind;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.start("accept", this::accept);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + door.getLocalPort() + path);
  }

  void suffer(Plague plague) {
    this.plague = plague;
    open.forEach(Front::cut);
  }

  /// Requests and attempts to connect; at least one for each question.
  long asked() {
    return asked.get();
  }

  int connections() {
    return open.size();
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Front::cut);
    threads.close();
  }

  private void accept() {
    while (!threads.stopping()) {
      try {
        Socket socket = door.accept();
        open.add(socket);
        threads.start("serve", () -> serve(socket, plague));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, Plague now) {
    try (socket) {
      switch (now.kind()) {
        case DOWN -> asked.incrementAndGet();
        case HANGS -> {
          asked.incrementAndGet();
          drain(socket.getInputStream());
        }
        case SAYS -> {
          awaitQuestion(socket.getInputStream());
          asked.incrementAndGet();
          socket.getOutputStream().write(now.says().getBytes(StandardCharsets.UTF_8));
          socket.getOutputStream().flush();
        }
        case NONE -> pass(socket);
      }
    } catch (IOException e) {
      assert e != null; // hung up
    } finally {
      open.remove(socket);
    }
  }

  private void pass(Socket socket) throws IOException {
    try (Socket to = new Socket()) {
      to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), behind));
      threads.start("answer", () -> pipe(to, socket, false));
      pipe(socket, to, true);
    }
  }

  private void pipe(Socket from, Socket to, boolean questions) {
    byte[] buffer = new byte[8_192];
    try {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (questions) {
          asked.incrementAndGet();
        }
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (SocketException e) {
      assert e != null; // cut
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut(from);
      cut(to);
    }
  }

  /// Up to the blank line; what is asked here has no body.
  private static void awaitQuestion(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
    }
  }

  private static void drain(InputStream in) throws IOException {
    byte[] buffer = new byte[8_192];
    int read = in.read(buffer);
    while (read >= 0) {
      read = in.read(buffer);
    }
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
