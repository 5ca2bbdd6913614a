package dev.concordat.bench.outbox;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Telling;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// transaction-outbox as its README begins: a call is written down in the transaction and made
/// after the commit, by this process when it can; a background thread flushes what was left.
public class Gruelbox implements Contestant {
  private static final long BETWEEN_FLUSHES_MILLIS = 1_000;

  @Override
  public String name() {
    return "transaction-outbox";
  }

  /// Who makes the calls.
  Submitter submitter() {
    return Submitter.withDefaultExecutor();
  }

  @Override
  public Telling telling(Stage stage) {
    ThreadLocalContextTransactionManager transactions =
        TransactionManager.fromDataSource(stage.pool());
    TransactionOutbox outbox =
        TransactionOutbox.builder()
            .transactionManager(transactions)
            .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
            .instantiator(Instantiator.using(type -> new Applied(transactions, stage)))
            .submitter(submitter())
            .build();
    ScheduledExecutorService flushing = Executors.newSingleThreadScheduledExecutor();
    var _ =
        flushing.scheduleWithFixedDelay(
            outbox::flush, BETWEEN_FLUSHES_MILLIS, BETWEEN_FLUSHES_MILLIS, TimeUnit.MILLISECONDS);
    return new Running(stage, transactions, outbox);
  }

  /// The tuned one: its README advises a pool of threads as large as the connections allow.
  public static final class Tuned extends Gruelbox {
    @Override
    public String name() {
      return "transaction-outbox-tuned";
    }

    @Override
    Submitter submitter() {
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      return Submitter.withExecutor(threads);
    }
  }

  /// What is called.
  public interface Effects {
    /// In the transaction in which the outbox notes that it was done.
    void apply(long order, String customer, String note);
  }

  private record Applied(ThreadLocalContextTransactionManager transactions, Stage stage)
      implements Effects {
    @Override
    public void apply(long order, String customer, String note) {
      try {
        transactions.requireTransaction(tx -> stage.ledger().effect(tx.connection(), order));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Running(
      Stage stage, ThreadLocalContextTransactionManager transactions, TransactionOutbox outbox)
      implements Telling {
    @Override
    public void tell(long order) throws Exception {
      transactions.inTransactionThrows(tx -> {
        stage.ledger().order(tx.connection(), order);
        outbox.schedule(Effects.class).apply(order, Ledger.customer(order), Ledger.NOTE);
      });
    }
  }
}
