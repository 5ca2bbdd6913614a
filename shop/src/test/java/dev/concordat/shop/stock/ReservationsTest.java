package dev.concordat.shop.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.ReleaseRequest;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.stock.v1.ReservationState;
import dev.concordat.shop.stock.v1.ReserveRequest;
import dev.concordat.shop.stock.v1.StockLine;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReservationsTest {
  private static EmbeddedPostgres postgres;
  private static DataSource database;
  private StockBooks books;
  private Reservations reservations;

  @BeforeAll
  static void open() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    database = postgres.getPostgresDatabase();
    try (InputStream script =
            Objects.requireNonNull(StockService.class.getResourceAsStream("stock.sql"));
        Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @AfterAll
  static void close() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void stock() throws SQLException {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("truncate level, reservation, reservation_line, movement");
      statement.execute("insert into level values ('beans', 100, 0), ('cups', 100, 0)");
    }
    books = new StockBooks(database);
    reservations = new Reservations(books, Clock.SYSTEM);
  }

  @Test
  void reservationIsHeldOnce() {
    reserve("ord-1", 3, 2);
    assertThat(reserve("ord-1", 3, 2).getState()).isEqualTo(ReservationState.HELD);
    assertThat(level("beans")).isEqualTo("100 on hand, 3 held");
    assertThat(level("cups")).isEqualTo("100 on hand, 2 held");
  }

  @Test
  void tooLittleOfOneProductHoldsNothingOfAny() {
    refused("OUT_OF_STOCK", () -> reserve("ord-1", 3, 101));
    assertThat(level("beans")).isEqualTo("100 on hand, 0 held");
  }

  @Test
  void releasedOrderHoldsNothingAndCannotHoldAgain() {
    reserve("ord-1", 3, 2);
    release("ord-1");
    release("ord-1");
    assertThat(level("beans")).isEqualTo("100 on hand, 0 held");
    refused("RESERVATION_CLOSED", () -> reserve("ord-1", 3, 2));
  }

  @Test
  void reservationThatComesAfterItsReleaseIsRefused() {
    release("ord-1");
    refused("RESERVATION_CLOSED", () -> reserve("ord-1", 3, 2));
    assertThat(level("beans")).isEqualTo("100 on hand, 0 held");
  }

  @Test
  void confirmedOrderIsDeductedOnceAndCanComeBack() {
    reserve("ord-1", 3, 2);
    deduct("ord-1");
    deduct("ord-1");
    assertThat(level("beans")).isEqualTo("97 on hand, 0 held");
    assertThat(release("ord-1").getState()).isEqualTo(ReservationState.RETURNED);
    release("ord-1");
    assertThat(level("beans")).isEqualTo("100 on hand, 0 held");
    assertThat(movements()).containsExactly("SOLD -3", "SOLD -2", "CANCELLED 3", "CANCELLED 2");
  }

  @Test
  void orderThatWasCancelledBeforeWeHeardOfItIsNotDeducted() {
    reserve("ord-1", 3, 2);
    release("ord-1");
    deduct("ord-1");
    assertThat(level("beans")).isEqualTo("100 on hand, 0 held");
    assertThat(movements()).isEmpty();
  }

  @Test
  void manyAtOnceNeverHoldMoreThanThereIs() {
    List<Boolean> held =
        Fanout.each(
            IntStream.range(0, 60).boxed().toList(),
            16,
            i -> {
              try {
                // Two products, asked for in both orders: they must not wait in a circle.
                reserve("ord-" + i, i % 2 == 0, 4);
                return true;
              } catch (Failure failure) {
                return false;
              }
            });
    assertThat(Collections.frequency(held, true)).isEqualTo(25);
    assertThat(level("beans")).isEqualTo("100 on hand, 100 held");
    assertThat(level("cups")).isEqualTo("100 on hand, 100 held");
  }

  private Reservation reserve(String orderId, int beans, int cups) {
    return in(connection ->
        reservations.reserve(
            connection, request(orderId, List.of(line("beans", beans), line("cups", cups)))));
  }

  private void reserve(String orderId, boolean beansFirst, int quantity) {
    List<StockLine> lines = List.of(line("beans", quantity), line("cups", quantity));
    in(connection ->
        reservations.reserve(connection, request(orderId, beansFirst ? lines : lines.reversed())));
  }

  private Reservation release(String orderId) {
    ReleaseRequest request = ReleaseRequest.newBuilder().setOrderId(orderId).build();
    return in(connection -> reservations.release(connection, request));
  }

  private void deduct(String orderId) {
    in(connection -> {
      reservations.deduct(connection, orderId);
      return orderId;
    });
  }

  private static void refused(String reason, Runnable work) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(work::run)
        .matches(failure -> failure.details().reason().equals(reason));
  }

  private String level(String productId) {
    Level level = books.levels(List.of(productId)).getFirst();
    return level.getOnHand() + " on hand, " + level.getHeld() + " held";
  }

  private List<String> movements() {
    List<String> moved = new ArrayList<>();
    books.movements(movement -> moved.add(movement.getReason() + " " + movement.getChange()));
    return moved;
  }

  private static <T> T in(Function<Connection, T> work) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      T answer = work.apply(connection);
      connection.commit();
      return answer;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static ReserveRequest request(String orderId, List<StockLine> lines) {
    return ReserveRequest.newBuilder().setOrderId(orderId).addAllLines(lines).build();
  }

  private static StockLine line(String productId, int quantity) {
    return StockLine.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }
}
