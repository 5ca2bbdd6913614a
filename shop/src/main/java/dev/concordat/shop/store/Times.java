package dev.concordat.shop.store;

import com.google.protobuf.Timestamp;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/// Instants, as the database and the contracts write them.
public final class Times {
  private Times() {}

  /// The instant in this column.
  public static Timestamp read(ResultSet row, String column) throws SQLException {
    return of(row.getObject(column, OffsetDateTime.class).toInstant());
  }

  /// The instant that a contract's field says.
  public static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  /// The instant, as contracts write it.
  public static Timestamp of(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
