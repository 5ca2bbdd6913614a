package dev.concordat.bench.drill.events;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.BrokerProvider;
import dev.concordat.events.log.PostgresLog;
import java.time.Duration;
import java.util.Map;

/// The log and the connections that it stands on.
///
/// @param ending closes what is below the log
record OpenLog(Broker broker, Runnable ending) implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  /// @param address a JDBC URL, or `kafka://…`
  static OpenLog at(String address) {
    if (!address.startsWith("jdbc:")) {
      return new OpenLog(BrokerProvider.openAny(address, Map.of()), () -> {});
    }
    HikariDataSource pool = pool(address, CONNECTIONS);
    try {
      return new OpenLog(PostgresLog.open(pool), pool::close);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  @Override
  public void close() {
    broker.close();
    ending.run();
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
