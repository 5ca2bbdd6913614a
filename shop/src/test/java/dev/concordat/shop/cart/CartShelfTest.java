package dev.concordat.shop.cart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Fanout;
import dev.concordat.shop.cart.StoredCart.StoredLine;
import dev.concordat.shop.store.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CartShelfTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String WAITING =
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";

  private static EmbeddedPostgres postgres;
  private static DataSource database;

  @BeforeAll
  static void open() throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    database = postgres.getPostgresDatabase();
    try (InputStream script =
            Objects.requireNonNull(CartService.class.getResourceAsStream("cart.sql"));
        Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @AfterAll
  static void close() throws Exception {
    postgres.close();
  }

  /// The clearing finds the cart open, and waits for the order that is taking it.
  @Test
  void aCartThatIsOrderedWhileOldOnesAreClearedKeepsItsLines() throws Exception {
    CartShelf shelf = new CartShelf(database);
    StoredLine line = new StoredLine("beans", 2);
    try (Connection connection = database.getConnection();
        Connection order = database.getConnection();
        Connection clearing = database.getConnection()) {
      shelf.create(connection, "old", NOW);
      assertThat(shelf.add(connection, "old", line, 1)).contains(2);
      order.setAutoCommit(false);
      assertThat(shelf.checkOut(order, "old", "ord-1", 2)).isTrue();
      clearing.setAutoCommit(false);
      boolean _ =
          Fanout.both(
              () -> {
                shelf.clear(clearing, NOW.plus(Duration.ofDays(1)));
                clearing.commit();
                return true;
              },
              () -> {
                while (Sql.one(connection, row -> row.getInt(1), WAITING).orElse(0) == 0) {
                  Thread.onSpinWait();
                }
                order.commit();
                return true;
              },
              (cleared, ordered) -> cleared && ordered);
    }
    assertThat(shelf.find("old").orElseThrow().lines()).isEqualTo(List.of(line));
  }
}
