package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.service.reader.v1.ReaderOwner;
import dev.concordat.service.shelf.v1.AddBookRequest;
import dev.concordat.service.shelf.v1.Book;
import dev.concordat.service.shelf.v1.ReadAloudRequest;
import dev.concordat.service.shelf.v1.ShelfApi;
import dev.concordat.service.shelf.v1.ShelfClient;
import dev.concordat.service.shelf.v1.ShelfOwner;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Where a service is looked for is one variable of its environment.
class ServiceDiscoveryTest {
  private static final String NOWHERE = "static:nobody=127.0.0.1:1";

  private final String shared = TestDatabases.create("shared");

  @Test
  void serviceIsFoundWhereTheLineSaysAndNowhereElse() {
    try (Service<ShelfOwner> shelf =
        Concordat.service(ShelfOwner.OWNER, environment("shelf", NOWHERE))) {
      shelf.implement(ShelfApi.CONTRACT, new Shelf());
      shelf.start();
      assertThat(read("static:shelf=127.0.0.1:" + shelf.port())).isEqualTo("b");
      // It registers nowhere: not even in the shared database.
      assertThatThrownBy(() -> read("postgres"))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
    }
  }

  @Test
  void lineThatMakesNoSenseStopsTheStart() {
    Environment environment = environment("reader", "zookeeper://host");
    assertThatThrownBy(() -> Concordat.service(ReaderOwner.OWNER, environment))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION))
        .hasMessageContaining("begins with none of");
  }

  private String read(String line) {
    try (Visitor visitor = Concordat.visitor("cli", environment("cli", line))) {
      return visitor
          .calls()
          .client(ShelfClient.FACTORY)
          .readAloud(ReadAloudRequest.newBuilder().setBookId("b").build())
          .getBookId();
    }
  }

  private Environment environment(String name, String line) {
    Map<String, String> variables =
        new TreeMap<>(TestDatabases.environment(name, shared).variables());
    variables.put("CONCORDAT_DISCOVERY", line);
    return Environment.of(name, variables);
  }

  private static final class Shelf implements ShelfApi {
    @Override
    public Book addBook(AddBookRequest request) {
      return Book.getDefaultInstance();
    }

    @Override
    public Book readAloud(ReadAloudRequest request) {
      return Book.newBuilder().setBookId(request.getBookId()).build();
    }
  }
}
