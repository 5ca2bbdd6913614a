package dev.concordat.calls.discovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.concordat.core.Background;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Speaks the documented HTTP API of a Consul agent, as far as instances are concerned: no binary
/// of Consul is to be had from the registries that the build uses.
final class ConsulServer implements AutoCloseable {
  private final HttpServer server;
  private final Background threads = new Background("consul-server");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, JsonObject> services = new LinkedHashMap<>();
  private final Queue<String> questions = new ConcurrentLinkedQueue<>();
  private long index = 1;
  private volatile String token = "";
  private volatile boolean filtered;

  ConsulServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(work -> threads.start("answer", work));
    server.createContext("/v1/health/service/", this::health);
    server.createContext("/v1/agent/service/register", this::register);
    server.createContext("/v1/agent/service/deregister/", this::deregister);
    server.createContext("/v1/agent/check/pass/", this::pass);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// All that was asked: paths with their queries.
  Queue<String> questions() {
    return questions;
  }

  /// From now on only who has it is answered.
  void require(String token) {
    this.token = token;
  }

  /// From now on nobody may see anything, which Consul answers with nothing.
  void hide() {
    filtered = true;
    change(() -> {});
  }

  void become(String service, List<String> hosts) {
    change(() -> {
      services.values().removeIf(each -> name(each).equals(service));
      hosts.forEach(host -> services.put(service + host, entry(service, host)));
    });
  }

  /// An agent that was restarted without what it knew; its history begins anew.
  void forget() {
    change(() -> {
      services.clear();
      index = 0;
    });
  }

  List<JsonObject> entries() {
    lock.lock();
    try {
      return List.copyOf(services.values());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      index++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void health(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    questions.add(exchange.getRequestURI().toString());
    if (refused(exchange)) {
      return;
    }
    String service = last(exchange);
    JsonArray answer = new JsonArray();
    long seen = number(query, "index");
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(number(query.replace("ms", ""), "wait"));
      while (seen > 0 && seen >= index && left > 0 && !threads.stopping()) {
        left = changed.awaitNanos(left);
      }
      if (!filtered) {
        services.values().stream().filter(each -> name(each).equals(service)).forEach(answer::add);
      }
      exchange.getResponseHeaders().add("X-Consul-Index", Long.toString(index));
      if (filtered) {
        exchange.getResponseHeaders().add("X-Consul-Results-Filtered-By-ACLs", "true");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    answer(exchange, 200, answer.toString());
  }

  private void register(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (refused(exchange)) {
      return;
    }
    JsonObject asked = JsonParser.parseString(text).getAsJsonObject();
    JsonObject service = new JsonObject();
    service.add("Service", asked.get("Name"));
    for (String same : List.of("ID", "Address", "Port", "Meta", "Weights")) {
      service.add(same, asked.get(same));
    }
    change(() -> services.put(asked.get("ID").getAsString(), entry(service)));
    answer(exchange, 200, "");
  }

  private void deregister(HttpExchange exchange) throws IOException {
    change(() -> services.remove(last(exchange)));
    answer(exchange, 200, "");
  }

  private void pass(HttpExchange exchange) throws IOException {
    String id = last(exchange).replaceFirst("^service:", "");
    questions.add(exchange.getRequestURI().toString());
    boolean known = entries().stream().anyMatch(each -> id.equals(id(each)));
    answer(exchange, known ? 200 : 404, known ? "" : "Unknown check ID \"service:" + id + "\"");
  }

  private boolean refused(HttpExchange exchange) throws IOException {
    String given = exchange.getRequestHeaders().getFirst("X-Consul-Token");
    boolean refused = !token.isEmpty() && !token.equals(given);
    if (refused) {
      answer(exchange, 403, "Permission denied");
    }
    return refused;
  }

  static JsonObject entry(String service, String host) {
    JsonObject one = new JsonObject();
    one.addProperty("ID", service + host);
    one.addProperty("Service", service);
    one.addProperty("Address", host);
    one.addProperty("Port", Origin.PORT);
    return entry(one);
  }

  private static JsonObject entry(JsonObject service) {
    JsonObject zone = new JsonObject();
    zone.addProperty("zone", "of-the-node");
    JsonObject node = new JsonObject();
    node.addProperty("Node", "n1");
    node.addProperty("Address", "10.9.9.9");
    node.add("Meta", zone);
    JsonObject entry = new JsonObject();
    entry.add("Node", node);
    entry.add("Service", service);
    entry.add("Checks", new JsonArray());
    return entry;
  }

  private static String name(JsonObject entry) {
    return entry.getAsJsonObject("Service").get("Service").getAsString();
  }

  private static String id(JsonObject entry) {
    return entry.getAsJsonObject("Service").get("ID").getAsString();
  }

  private static String last(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static long number(String query, String name) {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return Long.parseLong(pair.substring(name.length() + 1));
      }
    }
    return 0;
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
