package dev.concordat.bench.drill.events;

import dev.concordat.bench.books.v1.BooksOwner;
import dev.concordat.bench.books.v1.Deliver;
import dev.concordat.bench.books.v1.Settlement;
import dev.concordat.bench.books.v1.Stamp;
import dev.concordat.bench.till.v1.Sold;
import dev.concordat.core.Background;
import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.events.Events;
import dev.concordat.events.Transaction;
import dev.concordat.events.sagas.Saga;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.events.subscriptions.SubscriptionOptions;
import dev.concordat.events.tasks.Lease;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/// What the books do with what they hear, each in the transaction that Concordat gives them.
final class Keeping {
  static final String LEDGER = "ledger";

  /// Refuses some messages for the first two times.
  static final String AUDIT = "audit";

  static final String RESERVE = "reserve";
  static final String CHARGE = "charge";
  static final String CONFIRM = "confirm";
  static final List<String> STEPS = List.of(RESERVE, CHARGE, CONFIRM);

  private static final int STAMP_EVERY = 4;
  private static final int SETTLE_EVERY = 8;
  private static final int REFUSE_EVERY = 40;
  private static final int REFUSALS = 2;
  private static final Backoff SOON = new Backoff(Duration.ofMillis(20), Duration.ofMillis(400));

  private static final Duration LINGERING = Duration.ofMillis(30);

  private final Events<BooksOwner> events;
  private final DataSource pool;
  private final Flaw flaw;
  private final Background later = new Background("later");
  private final SagaType<Settlement, Settlement> settle;

  /// @param pool for what is not done in Concordat's transaction
  /// @param flaw what is done wrong
  Keeping(Events<BooksOwner> events, DataSource pool, Flaw flaw) {
    this.events = events;
    this.pool = pool;
    this.flaw = flaw;
    Settlement none = Settlement.getDefaultInstance();
    this.settle = events.sagas().define(Tables.SETTLE, none, none, this::settle);
  }

  /// Whether a saga refuses before its end.
  static boolean refuses(long saga) {
    return saga % 3 == 0;
  }

  void subscribe() {
    events.subscribe(Sold.class, LEDGER, this::keep);
    events.subscribe(Sold.class, AUDIT, SubscriptionOptions.DEFAULT.withBackoff(SOON), this::audit);
  }

  void work() {
    events.work(
        Deliver.class,
        (task, lease) -> {
          switch (flaw) {
            case ACK_BEFORE_EFFECT -> {
              acknowledge(lease);
              linger();
              deliverBeside(task);
            }
            case ACK_BESIDE_EFFECT -> {
              linger();
              deliverBeside(task);
            }
            default -> deliver(task, lease);
          }
        });
    events.work(
        Stamp.class,
        (task, lease, tx) -> {
          Tables.effect(tx.connection(), Tables.STAMP, task.getId());
          refuse(task.getId() / STAMP_EVERY, lease.attempt());
        });
  }

  private void deliver(Deliver task, Lease lease) throws SQLException {
    try (Transaction<BooksOwner> tx = events.begin()) {
      Tables.effect(tx.connection(), Tables.DELIVER, task.getId(), task.getAccount());
      refuse(task.getId(), lease.attempt());
      lease.complete(tx);
      tx.commit();
    }
  }

  private void acknowledge(Lease lease) {
    try (Transaction<BooksOwner> tx = events.begin()) {
      lease.complete(tx);
      tx.commit();
    }
  }

  private void deliverBeside(Deliver task) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      Tables.effect(connection, Tables.DELIVER, task.getId(), task.getAccount());
    }
  }

  private void audit(Sold sold, Transaction<BooksOwner> tx) throws SQLException {
    switch (flaw) {
      case EFFECT_BEFORE_MARK -> {
        auditBeside(sold);
        linger();
      }
      case NO_FENCING -> {
        linger();
        Tables.effect(tx.connection(), AUDIT, sold.getId(), sold.getAccount());
      }
      case CURSOR_BEFORE_EFFECT ->
          tx.afterCommit(() -> {
            linger();
            auditBeside(sold);
          });
      case RETRY_LETS_KEY_GO_ON -> {
        if (sold.getId() % REFUSE_EVERY == 0) {
          later.start(
              "again",
              () -> {
                linger();
                auditBeside(sold);
              });
        } else {
          Tables.effect(tx.connection(), AUDIT, sold.getId(), sold.getAccount());
        }
      }
      default -> {
        Tables.effect(tx.connection(), AUDIT, sold.getId(), sold.getAccount());
        refuse(sold.getId(), Context.current().attempt());
      }
    }
  }

  private void auditBeside(Sold sold) {
    try (Connection connection = pool.getConnection()) {
      Tables.effect(connection, AUDIT, sold.getId(), sold.getAccount());
    } catch (SQLException e) {
      throw new IllegalStateException("the effect could not be written", e);
    }
  }

  /// So that trouble finds something between two steps that should be one.
  private static void linger() {
    try {
      Clock.SYSTEM.sleep(LINGERING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(Sold sold, Transaction<BooksOwner> tx) throws SQLException {
    long id = sold.getId();
    Connection connection = tx.connection();
    Tables.effect(connection, LEDGER, id, sold.getAccount());
    if (id % STAMP_EVERY == 0) {
      Tables.tell(connection, Tables.STAMP, id);
      tx.enqueue(Stamp.newBuilder().setId(id).build());
    }
    if (id % SETTLE_EVERY == 1) {
      Tables.tell(connection, Tables.SETTLE, id);
      settle.start(tx, Long.toString(id), Settlement.newBuilder().setId(id).build());
    }
  }

  private Settlement settle(Saga<BooksOwner> saga, Settlement input) throws Exception {
    long id = input.getId();
    saga.undo("release", () -> undo(id, RESERVE));
    saga.transact(RESERVE, tx -> Tables.book(tx.connection(), id, RESERVE));
    saga.undo("void", () -> undo(id, CHARGE));
    saga.transact(CHARGE, tx -> Tables.book(tx.connection(), id, CHARGE));
    if (refuses(id)) {
      throw Failure.of(Code.FAILED_PRECONDITION, "this one is not settled");
    }
    return saga.conclude(
        CONFIRM,
        tx -> {
          Tables.book(tx.connection(), id, CONFIRM);
          return input;
        });
  }

  private void undo(long saga, String step) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      Tables.undo(connection, saga, step);
    }
  }

  /// Ends what was put off.
  void close() {
    later.close();
  }

  /// After the effect, so that it has to be rolled back.
  private static void refuse(long number, int attempt) {
    if (number % REFUSE_EVERY == 0 && attempt <= REFUSALS) {
      throw new IllegalStateException("refused for the time being");
    }
  }
}
