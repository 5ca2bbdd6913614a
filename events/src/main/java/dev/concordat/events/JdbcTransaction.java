package dev.concordat.events;

import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Task;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Undisturbed;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.outbox.Outbox;
import dev.concordat.events.store.SqlFailures;
import dev.concordat.events.store.Statements;
import dev.concordat.events.tasks.Delivery;
import dev.concordat.events.tasks.TaskRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/// A transaction on a connection of our own, or on one that somebody lent.
///
/// On its own connection it tells everything in one statement right before the commit, when every
/// lock is held: so the order of the outbox follows the order of the locks. On a lent one it tells
/// at once, because it cannot know when that commits.
public final class JdbcTransaction<O extends Owner> implements Transaction<O> {
  /// Our own cancelling comes first; this is for when we cannot.
  private static final long OVERTIME_MILLIS = 250;

  private static final String TIME_LIMIT = "select set_config('statement_timeout', ?, true)";

  private final Parts parts;
  private final Enqueuer enqueuer;
  private final Connection raw;
  private final Connection connection;
  private final boolean lent;
  private final @Nullable OpenHere here;
  private final List<Envelope> untold = new ArrayList<>();
  private final List<Runnable> before = new ArrayList<>();
  private final List<Runnable> after = new ArrayList<>();
  private boolean told;
  private boolean open = true;
  private boolean committed;

  private JdbcTransaction(Parts parts, Enqueuer enqueuer, Connection raw, boolean lent) {
    this.parts = parts;
    this.enqueuer = enqueuer;
    this.raw = raw;
    this.connection = lent ? raw : Statements.cancelled(raw);
    this.lent = lent;
    this.here = lent ? null : OpenHere.begin();
  }

  /// What makes a task out of a wish for one.
  @FunctionalInterface
  public interface Enqueuer {
    TaskRef enqueue(JdbcTransaction<?> tx, Task<?> task, Delivery delivery);
  }

  /// Takes a connection; no statement on it outlives the current deadline.
  public static <O extends Owner> JdbcTransaction<O> begin(Parts parts, Enqueuer enqueuer) {
    return begin(parts, enqueuer, true);
  }

  /// The same for a caller that limits the time together with its first statement.
  public static <O extends Owner> JdbcTransaction<O> beginUnlimited(
      Parts parts, Enqueuer enqueuer) {
    return begin(parts, enqueuer, false);
  }

  private static <O extends Owner> JdbcTransaction<O> begin(
      Parts parts, Enqueuer enqueuer, boolean limited) {
    Context.current().check();
    try {
      Connection connection = parts.database().pool().getConnection();
      try {
        connection.setAutoCommit(false);
        if (limited) {
          limitTime(Statements.cancelled(connection));
        }
        return new JdbcTransaction<>(parts, enqueuer, connection, false);
      } catch (Throwable e) {
        Undisturbed.run(connection::close);
        throw e;
      }
    } catch (SQLException e) {
      Context.current().check();
      throw SqlFailures.of(e);
    }
  }

  static <O extends Owner> JdbcTransaction<O> join(
      Parts parts, Enqueuer enqueuer, Connection connection) {
    return new JdbcTransaction<>(parts, enqueuer, connection, true);
  }

  /// What a handler sees of it: it can neither end it nor change the session that it stands on.
  public Transaction<O> forHandler() {
    return new HandlersTransaction<>(this, Statements.guarded(raw));
  }

  /// Cuts the connection, from another thread: nothing of it becomes true.
  public void abort() {
    try {
      raw.abort(Runnable::run);
    } catch (SQLException e) {
      parts.observer().count("concordat.events.rollbacks.failed", 1, java.util.Map.of());
    }
  }

  /// Whether somebody else commits, without our hearing of it.
  public boolean lent() {
    return lent;
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void publish(Event<O> event) {
    tell(Publishing.envelope(parts, event));
  }

  @Override
  public void publish(Collection<? extends Event<O>> events) {
    tell(events.stream().map(event -> Publishing.envelope(parts, event)).toList());
  }

  @Override
  public void publish(Event<O> event, Instant worthUntil) {
    tell(Publishing.worthUntil(Publishing.envelope(parts, event), worthUntil));
  }

  /// Tells any message, whoever owns it.
  public void tell(Envelope message) {
    tell(List.of(message));
  }

  private void tell(List<Envelope> messages) {
    requireOpen();
    untold.addAll(messages);
    if (lent) {
      tellAll();
    }
  }

  @Override
  public TaskRef enqueue(Task<?> task, Delivery delivery) {
    requireOpen();
    return enqueuer.enqueue(this, task, delivery);
  }

  @Override
  public void beforeCommit(Runnable work) {
    requireOpen();
    before.add(work);
  }

  @Override
  public void afterCommit(Runnable work) {
    requireOpen();
    after.add(work);
  }

  @Override
  public void commit() {
    requireOpen();
    for (int i = 0; i < before.size(); i++) {
      before.get(i).run();
    }
    Context.current().check();
    try {
      requireWhole();
      if (untold.isEmpty() || lent) {
        connection.commit();
      } else {
        tellAndCommit();
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
    committed = true;
    ended();
    if (told) {
      parts.wake().raise();
    }
    after.forEach(Runnable::run);
  }

  /// After a statement that failed, PostgreSQL answers a commit with a rollback. Whoever has
  /// swallowed the failure would take what was never written for done.
  private void requireWhole() throws SQLException {
    if (connection.isWrapperFor(BaseConnection.class)
        && connection.unwrap(BaseConnection.class).getTransactionState()
            == TransactionState.FAILED) {
      throw Failure.of(
          Code.INTERNAL,
          "a statement of this transaction failed, so nothing of it can be committed; let the"
              + " failure out instead of catching it, or use a savepoint");
    }
  }

  @Override
  public void close() {
    ended();
    if (lent) {
      return;
    }
    try {
      end();
    } catch (SQLException e) {
      // Nothing is lost by a rollback that the server has to do: the connection is gone.
      parts.observer().count("concordat.events.rollbacks.failed", 1, java.util.Map.of());
    }
  }

  private void ended() {
    open = false;
    if (here != null) {
      here.end();
    }
  }

  /// After the end of the transaction the connection talks to nobody: so without a shelter.
  private void end() throws SQLException {
    try {
      if (!committed) {
        connection.rollback();
      }
      raw.setAutoCommit(true);
    } finally {
      Undisturbed.run(raw::close);
    }
  }

  /// The commit at the end sends nothing any more; it is for pools that look after connections.
  private void tellAndCommit() throws SQLException {
    Outbox.tellAndCommit(connection, untold);
    raw.commit();
    told = true;
    untold.clear();
  }

  private void tellAll() {
    if (untold.isEmpty()) {
      return;
    }
    try {
      Outbox.tell(connection, untold);
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
    told = true;
    untold.clear();
  }

  private void requireOpen() {
    if (!open) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, "the transaction has ended; begin another one for more");
    }
  }

  private static void limitTime(Connection connection) throws SQLException {
    var deadline = Context.current().deadline();
    if (deadline.isPresent()) {
      long left = deadline.get().remaining().toMillis() + OVERTIME_MILLIS;
      try (var set = connection.prepareStatement(TIME_LIMIT)) {
        set.setString(1, Long.toString(Math.min(left, Integer.MAX_VALUE)));
        set.execute();
      }
    }
  }
}
