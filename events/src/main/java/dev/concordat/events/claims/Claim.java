package dev.concordat.events.claims;

import java.sql.Connection;
import java.sql.SQLException;

/// One thing that this process holds.
///
/// @param name of what is shared
/// @param part which part of it
/// @param epoch counts its owners
public record Claim(String name, int part, long epoch) {
  private static final String HOLD =
      """
      select from concordat.claim where name = ? and part = ? and epoch = ? for share
      """;

  /// Whether the claim still stands; if so, nobody takes it before the transaction ends.
  public boolean hold(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(HOLD)) {
      query.setString(1, name);
      query.setInt(2, part);
      query.setLong(3, epoch);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }
}
