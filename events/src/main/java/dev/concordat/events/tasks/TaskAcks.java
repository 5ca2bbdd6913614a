package dev.concordat.events.tasks;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Writes that tasks are done: those that end while one write is under way go together in the next.
///
/// Threads: safe for many.
final class TaskAcks {
  private static final Duration NET = Duration.ofMillis(100);

  private static final int BATCH = 1024;

  private final Database database;
  private final Duration remember;
  private final Queue<Ack> waiting = new ConcurrentLinkedQueue<>();
  private final Signal some = new Signal();
  private volatile boolean ended;

  /// @param remember how long it is remembered that a task was done; zero for not at all
  TaskAcks(Database database, Duration remember) {
    this.database = database;
    this.remember = remember;
  }

  void start(Background background) {
    var _ =
        background.start(
            "acks",
            () -> {
              while (!(ended || background.stopping()) || !waiting.isEmpty()) {
                tryFlush();
                pause();
              }
            });
  }

  /// Writes what is waiting, and no more.
  void end() {
    ended = true;
    some.raise();
  }

  /// Says that the task is done, and waits until that is written.
  ///
  /// @return false when it was refused: the claim was an old one
  boolean done(ClaimedTask task) {
    Ack ack = new Ack(task.id(), task.token(), new CompletableFuture<>());
    waiting.add(ack);
    some.raise();
    try {
      return ack.written().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Failure failure ? failure : e;
    }
  }

  private void tryFlush() {
    try {
      flush();
    } catch (Throwable e) {
      assert e != null; // no memory for a batch: what waits is written in the next turn
    }
  }

  private void flush() {
    while (!waiting.isEmpty()) {
      List<Ack> batch = new ArrayList<>();
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(waiting.remove());
      }
      write(batch);
    }
  }

  private void write(List<Ack> batch) {
    try {
      TreeMap<Long, Long> tokens = new TreeMap<>();
      batch.forEach(ack -> tokens.put(ack.id(), ack.token()));
      Set<Long> gone =
          database.transact(c -> {
            Plans.byIndex(c);
            return TaskSettlement.done(c, tokens, remember);
          });
      batch.forEach(ack -> ack.written().complete(gone.contains(ack.id())));
    } catch (Throwable e) {
      // Whatever it is: nobody is to wait for ever.
      batch.forEach(ack -> ack.written().completeExceptionally(e));
    }
  }

  private void pause() {
    try {
      var _ = some.await(NET);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Ack(long id, long token, CompletableFuture<Boolean> written) {}
}
