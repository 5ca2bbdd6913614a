package dev.concordat.events.personal;

import com.google.protobuf.ByteString;
import dev.concordat.events.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The tables of keys, in the database that the services share.
///
/// @param database the shared one
record KeyTable(Database database) {
  private static final String OF_PERSON =
      """
      select id, wrapped, master from concordat.personal_key where owner = ? and person = ?
      """;

  private static final String BY_ID =
      """
      select id, wrapped, master from concordat.personal_key where id = ?
      """;

  private static final String ADD =
      """
      insert into concordat.personal_key (id, owner, person, wrapped, master)
      values (?, ?, ?, ?, ?)
      on conflict (owner, person) do nothing
      """;

  private static final String FORGET =
      """
      update concordat.personal_key
      set person = null, wrapped = null, master = null, forgotten_at = now()
      where owner = ? and person = ?
      returning id
      """;

  private static final String OTHERWISE_WRAPPED =
      """
      select id, wrapped, master from concordat.personal_key
      where master <> ? order by id limit 500 for no key update
      """;

  private static final String REWRAP =
      "update concordat.personal_key set wrapped = ?, master = ? where id = ?";

  private static final String ADD_MASTER =
      "insert into concordat.personal_master (name, proof) values (?, ?) on conflict do nothing";

  private static final String MASTER = "select proof from concordat.personal_master where name = ?";

  /// A row.
  ///
  /// @param wrapped empty when the person is forgotten
  record Row(UUID id, Optional<Wrapped> wrapped) {}

  /// A key as it is kept.
  ///
  /// @param master name of the master key that opens it
  record Wrapped(ByteString bytes, String master) {}

  Optional<Row> ofPerson(String owner, String person) {
    return database.read(c -> select(c, OF_PERSON, owner, person));
  }

  Optional<Row> byId(UUID id) {
    return database.read(c -> select(c, BY_ID, id));
  }

  /// Adds a key, unless the person has one.
  void add(String owner, String person, UUID id, Wrapped wrapped) {
    int _ =
        database.read(c ->
            update(c, ADD, id, owner, person, wrapped.bytes().toByteArray(), wrapped.master()));
  }

  /// Deletes the key of a person; that there was one is remembered, not whose.
  Optional<UUID> forget(String owner, String person) {
    return database.read(c -> {
      try (PreparedStatement forget = prepared(c, FORGET, owner, person);
          ResultSet row = forget.executeQuery()) {
        return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.<UUID>empty();
      }
    });
  }

  /// Wraps some of the keys anew that are not wrapped by this master key.
  ///
  /// @return how many
  int rewrap(String master, Function<Row, Wrapped> wrap) {
    return database.transact(c -> {
      List<Row> rows = new ArrayList<>();
      try (PreparedStatement query = prepared(c, OTHERWISE_WRAPPED, master);
          ResultSet found = query.executeQuery()) {
        while (found.next()) {
          rows.add(row(found));
        }
      }
      for (Row row : rows) {
        Wrapped anew = wrap.apply(row);
        int _ = update(c, REWRAP, anew.bytes().toByteArray(), anew.master(), row.id());
      }
      return rows.size();
    });
  }

  /// Keeps the first proof that somebody brings of a master key.
  ///
  /// @return the one that is kept
  byte[] proof(String master, byte[] mine) {
    return database.transact(c -> {
      int _ = update(c, ADD_MASTER, master, mine);
      try (PreparedStatement query = prepared(c, MASTER, master);
          ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBytes(1);
      }
    });
  }

  private static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement update = prepared(connection, sql, values)) {
      return update.executeUpdate();
    }
  }

  private static Optional<Row> select(Connection connection, String sql, Object... by)
      throws SQLException {
    try (PreparedStatement query = prepared(connection, sql, by);
        ResultSet row = query.executeQuery()) {
      return row.next() ? Optional.of(row(row)) : Optional.empty();
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    byte[] wrapped = row.getBytes("wrapped");
    return new Row(
        row.getObject("id", UUID.class),
        wrapped == null
            ? Optional.empty()
            : Optional.of(new Wrapped(ByteString.copyFrom(wrapped), row.getString("master"))));
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
