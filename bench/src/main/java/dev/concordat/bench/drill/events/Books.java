package dev.concordat.bench.drill.events;

import dev.concordat.bench.promises.Breach;
import dev.concordat.bench.promises.Effect;
import dev.concordat.bench.promises.Findings;
import dev.concordat.bench.promises.History;
import dev.concordat.bench.promises.MessageChecker;
import dev.concordat.bench.promises.SagaChecker;
import dev.concordat.bench.promises.SagaHistory;
import dev.concordat.bench.promises.Told;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Reads the histories from the tables of till and books.
final class Books {
  /// What each reader should hear, and where that is written down.
  private static final List<Reader> READERS =
      List.of(
          new Reader(Keeping.LEDGER, Tables.SOLD, true),
          new Reader(Keeping.AUDIT, Tables.SOLD, true),
          new Reader(Tables.DELIVER, Tables.DELIVER, true),
          new Reader(Tables.STAMP, Tables.STAMP, false));

  private static final String TOLD = "select id, key, number, at from told where kind = ?";
  private static final String EFFECTS = "select id, key, place, at from effect where reader = ?";
  private static final String TOLD_BY_TILL =
      """
      select (select count(*) from told where kind = 'Sold') as sold,
             (select count(*) from told where kind = 'Deliver') as delivered,
             (select case when is_called then last_value else 0 end from attempt) as attempts
      """;
  private static final String KEPT =
      """
      select (select count(distinct id) from effect where reader = 'ledger') as ledger,
             (select count(distinct id) from effect where reader = 'audit') as audit,
             (select count(distinct id) from effect where reader = 'Deliver') as delivered,
             (select count(*) from told where kind = 'Stamp')
               - (select count(distinct id) from effect where reader = 'Stamp') as stamps,
             (select count(*) from told where kind = 'settle')
               - (select count(distinct saga) from booked where step = 'confirm')
               - (select count(distinct saga) from undone where step = 'reserve') as sagas
      """;
  private static final String BOOKED =
      "select saga, step, count(*) as times from booked group by saga, step";
  private static final String UNDONE = "select saga, step from undone";

  private static final int PATIENCE_SECONDS = 120;

  private final DataSource till;
  private final DataSource books;

  Books(Scene scene) {
    this.till = patient(scene.server().url(Scene.TILL));
    this.books = patient(scene.server().url(Scene.BOOKS));
  }

  /// Counting much takes a while on a busy machine.
  private static DataSource patient(String url) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    source.setConnectTimeout(PATIENCE_SECONDS);
    source.setSocketTimeout(PATIENCE_SECONDS);
    return source;
  }

  private record Reader(String name, String kind, boolean ofTill) {}

  /// How far everybody is.
  ///
  /// @param told events
  /// @param rolledBack messages
  /// @param waiting effects and sagas that are still to come
  record Standing(long told, long rolledBack, long waiting) {}

  Standing standing() {
    return read(
        till,
        TOLD_BY_TILL,
        row -> {
          long sold = row.getLong("sold");
          long delivered = row.getLong("delivered");
          return new Standing(
              sold, row.getLong("attempts") - sold - delivered, waiting(sold, delivered));
        });
  }

  private long waiting(long sold, long delivered) {
    return read(
        books,
        KEPT,
        row ->
            (sold - row.getLong("ledger"))
                + (sold - row.getLong("audit"))
                + (delivered - row.getLong("delivered"))
                + row.getLong("stamps")
                + row.getLong("sagas"));
  }

  /// Asks the checkers.
  Findings check() {
    List<Findings> findings = new ArrayList<>();
    for (Reader reader : READERS) {
      findings.add(MessageChecker.check(history(reader)));
    }
    findings.add(SagaChecker.check(Tables.SETTLE, sagas()));
    return Findings.of(findings);
  }

  /// The same while messages are under way, as far as that can be told: those without a key are in
  /// no order, so that one cannot be said to be passed over; what is stuck may still come.
  Findings checkWhileRunning() {
    List<Findings> findings = new ArrayList<>();
    for (Reader reader : READERS) {
      if (!reader.kind().equals(Tables.STAMP)) {
        findings.add(MessageChecker.check(history(reader)));
      }
    }
    findings.add(SagaChecker.check(Tables.SETTLE, sagas()));
    return new Findings(
        Findings.of(findings).breaches().stream()
            .filter(breach -> breach.kind() != Breach.Kind.STUCK)
            .toList());
  }

  /// What the ledger has heard.
  History ledger() {
    return history(READERS.getFirst());
  }

  /// Effects first: whatever has one was told before.
  private History history(Reader reader) {
    Map<String, String> keys = new HashMap<>();
    List<Effect> effects =
        all(
            books,
            EFFECTS,
            reader.name(),
            row ->
                new Effect(
                    row.getLong(1),
                    keys.computeIfAbsent(row.getString(2), key -> key),
                    row.getLong(3),
                    row.getTimestamp(4).toInstant()));
    List<Told> told =
        all(
            reader.ofTill() ? till : books,
            TOLD,
            reader.kind(),
            row ->
                new Told(
                    row.getLong(1),
                    keys.computeIfAbsent(row.getString(2), key -> key),
                    row.getLong(3),
                    row.getTimestamp(4).toInstant()));
    return new History(reader.name(), told, effects);
  }

  private List<SagaHistory> sagas() {
    Map<Long, Map<String, Long>> booked = new HashMap<>();
    all(
        books,
        BOOKED,
        "",
        row ->
            booked
                .computeIfAbsent(row.getLong(1), saga -> new HashMap<>())
                .put(row.getString(2), row.getLong(3)));
    Map<Long, Set<String>> undone = new HashMap<>();
    all(
        books,
        UNDONE,
        "",
        row ->
            undone.computeIfAbsent(row.getLong(1), saga -> new HashSet<>()).add(row.getString(2)));
    return all(
        books,
        TOLD,
        Tables.SETTLE,
        row -> {
          long saga = row.getLong(1);
          return new SagaHistory(
              Long.toString(saga),
              Keeping.STEPS,
              Keeping.refuses(saga),
              booked.getOrDefault(saga, Map.of()),
              undone.getOrDefault(saga, Set.of()));
        });
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> T read(DataSource database, String sql, Row<T> row) {
    return all(database, sql, "", row).getFirst();
  }

  private static <T> List<T> all(DataSource database, String sql, String argument, Row<T> row) {
    try (Connection connection = database.getConnection();
        PreparedStatement query = connection.prepareStatement(sql)) {
      if (!argument.isEmpty()) {
        query.setString(1, argument);
      }
      List<T> all = new ArrayList<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          all.add(row.read(rows));
        }
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException("the books cannot be read: " + e.getMessage(), e);
    }
  }
}
