package dev.concordat.events.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows for a table as PostgreSQL takes them fastest: `COPY … FROM STDIN (FORMAT binary)`, with 64
/// KiB of them in memory at most. They are there when it ends; when it is closed before, none is,
/// and the transaction can only be rolled back.
///
/// A value has the type of its column, for nothing is converted: `int`, `bigint`, `timestamptz`,
/// `uuid`, `text`, `bytea`.
///
/// Threads: one at a time, that of the connection.
///
/// Source: [COPY, binary format](https://www.postgresql.org/docs/18/sql-copy.html), and the
/// functions of these types named `…recv` in PostgreSQL's sources.
final class CopyRows implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };
  private static final short END = -1;

  /// 2000-01-01, in seconds since 1970: instants count from there.
  private static final long ZERO = 946_684_800;

  /// So far from it, either way, that the server refuses it; farther ones would not fit, or mean
  /// infinity.
  private static final long BEYOND = 9_223_371_331_200L;

  private final CopyIn copy;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);

  private CopyRows(CopyIn copy) {
    this.copy = copy;
  }

  /// Begins.
  ///
  /// @param statement `copy … from stdin (format binary)`
  static CopyRows into(Connection connection, String statement) throws SQLException {
    var session = connection.unwrap(PGConnection.class);
    CopyRows rows = new CopyRows(session.getCopyAPI().copyIn(statement));
    rows.chunk.put(SIGNATURE).putInt(0).putInt(0);
    return rows;
  }

  /// Begins a row; that many values are to follow.
  CopyRows row(int columns) throws SQLException {
    room(Short.BYTES).putShort((short) columns);
    return this;
  }

  CopyRows add(int value) throws SQLException {
    room(Integer.BYTES + Integer.BYTES).putInt(Integer.BYTES).putInt(value);
    return this;
  }

  CopyRows add(long value) throws SQLException {
    room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
    return this;
  }

  CopyRows add(UUID value) throws SQLException {
    room(Integer.BYTES + 2 * Long.BYTES)
        .putInt(2 * Long.BYTES)
        .putLong(value.getMostSignificantBits())
        .putLong(value.getLeastSignificantBits());
    return this;
  }

  /// In microseconds, rounded to the even one when it stands between two, as PostgreSQL does with
  /// an instant that is written out.
  CopyRows add(Instant value) throws SQLException {
    long seconds = Math.clamp(value.getEpochSecond() - ZERO, -BEYOND, BEYOND);
    return add(seconds * 1_000_000 + (long) Math.rint(value.getNano() / 1e9 * 1e6));
  }

  CopyRows add(String value) throws SQLException {
    return add(ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  /// Empties the buffer into the row.
  CopyRows add(ByteBuffer value) throws SQLException {
    room(Integer.BYTES).putInt(value.remaining());
    while (value.hasRemaining()) {
      int part = Math.min(value.remaining(), room(1).remaining());
      chunk.put(value.slice(value.position(), part));
      value.position(value.position() + part);
    }
    return this;
  }

  /// Ends: the server has taken them all.
  void end() throws SQLException {
    room(Short.BYTES).putShort(END);
    send();
    var _ = copy.endCopy();
  }

  /// Without an end there are no rows.
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }

  private ByteBuffer room(int bytes) throws SQLException {
    if (chunk.remaining() < bytes) {
      send();
    }
    return chunk;
  }

  private void send() throws SQLException {
    copy.writeToCopy(chunk.array(), 0, chunk.position());
    chunk.clear();
  }
}
