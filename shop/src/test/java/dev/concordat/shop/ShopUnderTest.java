package dev.concordat.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.calls.Calls;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.contract.ClientFactory;
import dev.concordat.core.Clock;
import dev.concordat.service.DatabaseServer;
import dev.concordat.service.LocalMasterKeys;
import dev.concordat.service.OneJvm;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import dev.concordat.service.Progress;
import dev.concordat.service.Running;
import dev.concordat.service.RunningSystem;
import dev.concordat.service.Site;
import dev.concordat.shop.audit.Audit;
import dev.concordat.shop.audit.BookReader;
import dev.concordat.shop.cart.v1.AddItemResponse;
import dev.concordat.shop.cart.v1.Cart;
import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.mailserver.Maildir;
import dev.concordat.shop.orders.v1.Order;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.postgresql.ds.PGSimpleDataSource;

/// The whole shop in this JVM, on a real PostgreSQL, reached as its shoppers reach it.
final class ShopUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final EmbeddedPostgres postgres;
  private final Site site;
  private final RunningSystem system;
  private final List<Running> late = new ArrayList<>();
  private final Registry registry;
  private final Calls audit;
  private final Maildir mails;

  private ShopUnderTest(EmbeddedPostgres postgres, Plan plan, Path data) throws IOException {
    this.postgres = postgres;
    this.site =
        new Site(0, new DatabaseServer("127.0.0.1", postgres.getPort(), "postgres"), data)
            .withMasterKeys(LocalMasterKeys.in(data.resolve("keys")));
    this.system = OneJvm.start(plan, site, Progress.NONE);
    PGSimpleDataSource shared = new PGSimpleDataSource();
    shared.setUrl(site.sharedUrl());
    this.registry = Registry.open(shared);
    this.audit = Calls.open("audit", registry);
    this.mails = Maildir.open(data.resolve("parts").resolve("mailserver"));
  }

  static ShopUnderTest start(Plan plan, Path data) throws IOException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "200")
            .setServerConfig("fsync", "off")
            .start();
    return new ShopUnderTest(postgres, plan, data);
  }

  /// Waits until all services have reached each other, so that no test is the one to wait.
  ShopUnderTest meet() {
    assertThat(system.meet(PATIENCE)).isEmpty();
    return this;
  }

  /// Starts a service that was left out at first.
  void start(Part service) throws Exception {
    site.createDatabases(new Plan("late", List.of(service)));
    late.add(service.start().start(site.environment(service, 0, system.addresses())));
  }

  /// An answer of the edge.
  record Answer(int status, String body, HttpResponse<String> response) {
    <B extends Message.Builder> B as(B builder) {
      try {
        JsonFormat.parser().merge(body, builder);
        return builder;
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(status + " " + body, e);
      }
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(at(path)));
  }

  Answer get(String path, String accept) {
    return send(HttpRequest.newBuilder(at(path)).header("Accept", accept));
  }

  Answer post(String path, String body) {
    return send(posting(path, body));
  }

  Answer post(String path, String body, String key) {
    return send(posting(path, body).header("Idempotency-Key", key));
  }

  /// With the longest deadline that the contract grants, for tests that load the machine.
  Answer patientlyPost(String path, String body, String key) {
    return send(
        posting(path, body)
            .header("Idempotency-Key", key)
            .header("Concordat-Timeout-Ms", Long.toString(LONGEST.toMillis())));
  }

  private Answer patientlyPost(String path, String body) {
    return patientlyPost(path, body, UUID.randomUUID().toString());
  }

  /// A new cart with so many of a product.
  String cart(String productId, int quantity) {
    String cartId = patientlyPost("/v1/carts", "{}").as(Cart.newBuilder()).getCartId();
    Answer added =
        patientlyPost(
            "/v1/carts/" + cartId + "/items",
            "{\"productId\": \"%s\", \"quantity\": %d}".formatted(productId, quantity));
    if (added.as(AddItemResponse.newBuilder()).getQuantity() != quantity) {
      throw new AssertionError(added.body());
    }
    return cartId;
  }

  static String order(String cartId, String token) {
    return """
    {"cartId": "%s", "customerId": "ada", "email": "ada@example.org", "paymentToken": "%s"}
    """
        .formatted(cartId, token);
  }

  /// Orders a bag of coffee.
  Order buy(String token) {
    String cartId = cart("antigua-250g", 2);
    return patientlyPost("/v1/orders", order(cartId, token)).as(Order.newBuilder()).build();
  }

  Order find(String orderId) {
    return get("/v1/orders/" + orderId).as(Order.newBuilder()).build();
  }

  Audit.Report audit() throws InterruptedException {
    return Audit.run(new BookReader(audit, mails), PATIENCE, Clock.SYSTEM);
  }

  /// A client of one of the services, in the name of the audit.
  <C> C client(ClientFactory<C> factory) {
    return audit.client(factory);
  }

  /// Asks the services in this name.
  Calls calls(String caller) {
    return Calls.open(caller, registry);
  }

  /// The tables of Concordat, in all databases, in which this text stands, as text or as bytes.
  List<String> tablesOfConcordatWith(String text) throws SQLException {
    List<String> found = new ArrayList<>();
    for (String database :
        strings("postgres", "select datname from pg_database where datallowconn")) {
      for (String table :
          strings(
              database,
              """
              select format('%I.%I', schemaname, tablename) from pg_tables
              where schemaname in ('concordat', 'telemetry')
              """)) {
        String sql =
            """
            select 'found' from %s t
            where strpos(t::text, '%s') > 0 or strpos(t::text, '%s') > 0 limit 1
            """
                .formatted(
                    table, text, HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
        strings(database, sql).forEach(any -> found.add(database + "." + table));
      }
    }
    return found;
  }

  /// The URL of a database beside those of the shop, made when it is missing.
  String database(String name) {
    var server = new DatabaseServer("127.0.0.1", postgres.getPort(), "postgres");
    server.create(List.of(name));
    return server.url(name);
  }

  List<String> strings(String database, String sql) throws SQLException {
    try (var connection = postgres.getDatabase("postgres", database).getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  List<Mail> mails() {
    return mails.mails();
  }

  private HttpRequest.Builder posting(String path, String body) {
    return HttpRequest.newBuilder(at(path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private URI at(String path) {
    return URI.create("http://" + Objects.requireNonNull(system.addresses().get("edge")) + path);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new AssertionError("the edge did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    http.close();
    audit.close();
    registry.close();
    late.forEach(service -> service.stop(Duration.ofSeconds(10)));
    system.stop(Duration.ofSeconds(10));
    postgres.close();
  }
}
