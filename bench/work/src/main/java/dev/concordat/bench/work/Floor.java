package dev.concordat.bench.work;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The two transactions and no messaging between them: the second is handed over in memory once the
/// first is committed, and lost when the process dies.
public final class Floor implements Contestant {
  @Override
  public String name() {
    return "floor";
  }

  @Override
  public Telling telling(Stage stage) {
    ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    return new Telling() {
      @Override
      public void tell(long order) throws Exception {
        stage.transact(connection -> stage.ledger().order(connection, order));
        var _ =
            handlers.submit(() -> {
              stage.transact(connection -> stage.ledger().effect(connection, order));
              return null;
            });
      }
    };
  }
}
