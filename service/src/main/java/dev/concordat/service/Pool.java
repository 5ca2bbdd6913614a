package dev.concordat.service;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;

/// Opens the small pools of a service: many services share one database server, often one JVM.
final class Pool {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofMinutes(1);

  private Pool() {}

  /// @param connections the most that are open; at rest all but one are given back
  static HikariDataSource open(String name, String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(PATIENCE.toMillis());
    config.addDataSourceProperty("ApplicationName", name);
    try {
      return new HikariDataSource(config);
    } catch (PoolInitializationException e) {
      throw Failure.of(
          Code.UNAVAILABLE, name + ": its database cannot be reached: " + e.getMessage(), e);
    }
  }
}
