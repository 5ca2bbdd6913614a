package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.service.reader.v1.ReaderOwner;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whoever asks a service for a connection while a transaction of theirs keeps one is noticed.
class SecondConnectionTest {
  private final Service<ReaderOwner> reader =
      Concordat.service(
          ReaderOwner.OWNER, TestDatabases.environment("reader", TestDatabases.create("shared")));
  private final Counts counts = new Counts();
  private final DataSource database = Service.lent(reader.database(), counts);

  @AfterEach
  void close() {
    reader.close();
  }

  @Test
  void oneBesideThatOfATransactionIsCounted() throws SQLException {
    try (var tx = reader.begin()) {
      database.getConnection().close();
      tx.commit();
    }

    assertThat(counts.metrics).containsExactly("concordat.events.second_connections");
  }

  @Test
  void oneBeforeAndOneAfterAreNot() throws SQLException {
    database.getConnection().close();
    try (var tx = reader.begin()) {
      tx.commit();
    }
    database.getConnection().close();

    assertThat(counts.metrics).isEmpty();
  }

  private static final class Counts implements Observer {
    private final List<String> metrics = new CopyOnWriteArrayList<>();

    @Override
    public Observation begin(Activity activity) {
      return Observer.NONE.begin(activity);
    }

    @Override
    public void count(String metric, long by, Map<String, String> attributes) {
      metrics.add(metric);
    }

    @Override
    public void record(String metric, double value, Map<String, String> attributes) {}

    @Override
    public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
      return () -> {};
    }
  }
}
