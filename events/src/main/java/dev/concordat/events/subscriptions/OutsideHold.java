package dev.concordat.events.subscriptions;

import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Transaction;
import dev.concordat.events.store.SqlFailures;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The hold of one handler: its partition's claim.
final class OutsideHold implements Hold {
  private final Cancellation cancellation;
  private final int attempt;
  private final End end;
  private final AtomicBoolean completed = new AtomicBoolean();

  OutsideHold(Cancellation cancellation, int attempt, End end) {
    this.cancellation = cancellation;
    this.attempt = attempt;
    this.end = end;
  }

  /// Writes that it is done; false when it is not ours any more, or was done already.
  interface End {
    boolean write(Connection connection) throws SQLException;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public Cancellation cancellation() {
    return cancellation;
  }

  @Override
  public void complete(Transaction<?> tx) {
    try {
      if (!end.write(tx.connection())) {
        throw Failure.of(
            Code.ABORTED, "the hold was lost: the event belongs to another process; roll back");
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
    tx.afterCommit(() -> completed.set(true));
  }

  /// Whether a transaction that is known to be committed has ended it.
  boolean completed() {
    return completed.get();
  }
}
