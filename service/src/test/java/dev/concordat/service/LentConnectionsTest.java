package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class LentConnectionsTest {
  private final AtomicReference<Boolean> disturbed = new AtomicReference<>();
  private final DataSource lent = new LentConnections(source());

  @AfterEach
  void clear() {
    var _ = Thread.interrupted();
  }

  @Test
  void aConnectionGoesBackAsIfItsThreadWereNotInterruptedWhichItStillIs() throws Exception {
    Connection connection = lent.getConnection();
    assertThat(connection.isValid(5)).isTrue();
    Thread.currentThread().interrupt();
    connection.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(disturbed).hasValue(false);
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void itSaysWhenOneIsAskedFor() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    DataSource watched = new LentConnections(source(), asked::incrementAndGet);
    watched.getConnection().close();
    assertThat(asked).hasValue(1);
  }

  @Test
  void itBehavesAsTheOneBehindIt() throws Exception {
    try (Connection connection = lent.getConnection();
        Connection other = lent.getConnection()) {
      assertThat(List.of(other, connection).indexOf(connection)).isEqualTo(1);
      assertThatThrownBy(() -> connection.createStatement().execute("select nonsense"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("nonsense");
    }
  }

  /// Its connections tell whether their thread was interrupted when they were given back.
  private DataSource source() {
    PGSimpleDataSource source =
        new PGSimpleDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            return watched(super.getConnection());
          }
        };
    source.setURL(TestDatabases.create("lent"));
    return source;
  }

  private Connection watched(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                disturbed.set(Thread.currentThread().isInterrupted());
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
