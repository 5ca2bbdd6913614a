package dev.concordat.bench.drill.events;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.PostgresLog;
import java.time.Duration;

/// The log and the connections that it stands on.
record OpenLog(Broker broker, HikariDataSource pool) implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  static OpenLog at(String url) {
    HikariDataSource pool = pool(url, CONNECTIONS);
    try {
      return new OpenLog(PostgresLog.open(pool), pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  @Override
  public void close() {
    broker.close();
    pool.close();
  }

  /// Connections to a database.
  static HikariDataSource pool(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
    config.setInitializationFailTimeout(Duration.ofSeconds(30).toMillis());
    return new HikariDataSource(config);
  }
}
