package dev.concordat.calls.discovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.concordat.core.Background;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;

/// Speaks the documented list and watch of the Kubernetes API for EndpointSlices. There is no API
/// server to be had from the registries that the build uses, and the fabric8 mock (7.8.0) watches
/// over WebSockets only.
final class KubernetesServer implements AutoCloseable {
  private final HttpServer server;
  private final Background threads = new Background("kubernetes-server");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, JsonObject> slices = new LinkedHashMap<>();
  private final List<Event> history = new ArrayList<>();
  private final Queue<String> questions = new ConcurrentLinkedQueue<>();
  private final Queue<String> tokens = new ConcurrentLinkedQueue<>();
  private long version = 100;
  private long forgotten = 100;
  private boolean cut;

  private record Event(long version, String type, JsonObject object) {}

  KubernetesServer(Optional<SSLContext> tls) {
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      server = tls.isPresent() ? HttpsServer.create(any, 0) : HttpServer.create(any, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (server instanceof HttpsServer secure) {
      secure.setHttpsConfigurator(new HttpsConfigurator(tls.orElseThrow()));
    }
    server.setExecutor(work -> threads.start("answer", work));
    server.createContext("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  Queue<String> questions() {
    return questions;
  }

  Queue<String> tokens() {
    return tokens;
  }

  void put(JsonObject slice) {
    lock.lock();
    try {
      String type = slices.containsKey(name(slice)) ? "MODIFIED" : "ADDED";
      slices.put(name(slice), slice);
      tell(type, slice);
    } finally {
      lock.unlock();
    }
  }

  void remove(String name) {
    lock.lock();
    try {
      JsonObject slice = slices.remove(name);
      if (slice != null) {
        tell("DELETED", slice);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Something else has changed: watches are told how far history has come.
  void bookmark() {
    lock.lock();
    try {
      JsonObject mark = new JsonObject();
      mark.add("metadata", new JsonObject());
      tell("BOOKMARK", mark);
    } finally {
      lock.unlock();
    }
  }

  /// Ends every watch, as the server does when its time is over.
  void cutWatches() {
    lock.lock();
    try {
      cut = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// All of history until now is gone.
  void compact() {
    lock.lock();
    try {
      history.clear();
      version += 10;
      forgotten = version;
      cut = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void tell(String type, JsonObject slice) {
    version++;
    slice.getAsJsonObject("metadata").addProperty("resourceVersion", Long.toString(version));
    history.add(new Event(version, type, slice.deepCopy()));
    changed.signalAll();
  }

  private void answer(HttpExchange exchange) throws IOException {
    questions.add(exchange.getRequestURI().toString());
    tokens.add(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse(""));
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String service =
        query.getOrDefault("labelSelector", "").replace("kubernetes.io/service-name=", "");
    if (query.containsKey("watch")) {
      watch(exchange, service, Long.parseLong(query.getOrDefault("resourceVersion", "")));
    } else {
      list(exchange, service);
    }
  }

  private void list(HttpExchange exchange, String service) throws IOException {
    JsonObject list = new JsonObject();
    JsonArray items = new JsonArray();
    JsonObject metadata = new JsonObject();
    lock.lock();
    try {
      slices.values().stream().filter(each -> service(each).equals(service)).forEach(items::add);
      metadata.addProperty("resourceVersion", Long.toString(version));
      list.addProperty("kind", "EndpointSliceList");
      list.add("metadata", metadata);
      list.add("items", items.deepCopy());
    } finally {
      lock.unlock();
    }
    byte[] bytes = list.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void watch(HttpExchange exchange, String service, long from) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.flush();
      long seen = from;
      while (!threads.stopping()) {
        Optional<List<Event>> next = next(service, seen);
        if (next.isEmpty()) {
          return;
        }
        for (Event event : next.get()) {
          out.write((line(event) + "\n").getBytes(StandardCharsets.UTF_8));
          out.flush();
          seen = event.version();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What is new to one who has seen this much; empty at the end of the watch.
  private Optional<List<Event>> next(String service, long seen) throws InterruptedException {
    lock.lock();
    try {
      if (seen < forgotten) {
        JsonObject status = new JsonObject();
        status.addProperty("kind", "Status");
        status.addProperty("code", 410);
        return Optional.of(List.of(new Event(seen, "ERROR", status)));
      }
      while (true) {
        List<Event> news =
            history.stream()
                .filter(event -> event.version() > seen)
                .filter(event ->
                    event.type().equals("BOOKMARK") || service(event.object()).equals(service))
                .toList();
        if (!news.isEmpty()) {
          return Optional.of(news);
        }
        if (cut || threads.stopping()) {
          cut = false;
          return Optional.empty();
        }
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    } finally {
      lock.unlock();
    }
  }

  private static String line(Event event) {
    JsonObject line = new JsonObject();
    line.addProperty("type", event.type());
    line.add("object", event.object());
    return line.toString();
  }

  private static String name(JsonObject slice) {
    return slice.getAsJsonObject("metadata").get("name").getAsString();
  }

  private static String service(JsonObject slice) {
    JsonObject labels = slice.getAsJsonObject("metadata").getAsJsonObject("labels");
    return labels == null ? "" : labels.get("kubernetes.io/service-name").getAsString();
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }
}
