package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  private final HikariDataSource database =
      Pool.open("migrations", TestDatabases.create("migrations"), 4);
  private final Migrations migrations = new Migrations(database);

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void scriptRunsOnce() throws SQLException {
    migrations.run(MigrationsTest.class, "shelf.sql");
    execute("insert into book values ('b1', 'Emma')");
    migrations.run(MigrationsTest.class, "shelf.sql");
    assertThat(count("select count(*) from book")).isEqualTo(1);
  }

  @Test
  void manyStartersRunItOnce() throws SQLException {
    Fanout.each(
        List.of(1, 2, 3, 4),
        each -> {
          migrations.run(MigrationsTest.class, "shelf.sql");
          return each;
        });
    assertThat(count("select count(*) from concordat.migration")).isEqualTo(1);
  }

  @Test
  void changedScriptIsRefused() throws SQLException {
    migrations.run(MigrationsTest.class, "shelf.sql");
    execute("update concordat.migration set checksum = 'other'");
    assertThatThrownBy(() -> migrations.run(MigrationsTest.class, "shelf.sql"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION))
        .hasMessageContaining("shelf.sql has changed");
  }

  @Test
  void brokenScriptLeavesNothing() throws SQLException {
    assertThatThrownBy(() -> migrations.run(MigrationsTest.class, "broken.sql"))
        .hasMessageContaining("broken.sql failed");
    assertThat(count("select count(*) from pg_tables where tablename = 'half'")).isZero();
  }

  @Test
  void missingScriptIsNamed() {
    assertThatThrownBy(() -> migrations.run(MigrationsTest.class, "nowhere.sql"))
        .hasMessageContaining("nowhere.sql is not on the class path");
  }

  private void execute(String statement) throws SQLException {
    try (var connection = database.getConnection();
        var sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  private long count(String query) throws SQLException {
    try (var connection = database.getConnection();
        var sql = connection.createStatement();
        var rows = sql.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
