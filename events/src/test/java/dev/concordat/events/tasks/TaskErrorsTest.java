package dev.concordat.events.tasks;

import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.depot.v1.Pick;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What handlers must not throw, and throw all the same: that try has failed, and the rest goes on
/// in the same worker.
class TaskErrorsTest {
  private final Depot depot = new Depot();

  @AfterEach
  void close() {
    depot.close();
  }

  static List<Throwable> sins() {
    return List.of(
        new StackOverflowError("too deep"),
        new OutOfMemoryError("of its own making"),
        new InternalError("of its own making"),
        new NoClassDefFoundError("gone"),
        new AssertionError("never"),
        new Throwable("neither error nor exception"));
  }

  @ParameterizedTest
  @MethodSource("sins")
  void isTriedAgainAndTheOthersAreDone(Throwable sin) {
    AtomicInteger tries = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    var process = depot.process();
    process.work(
        Pick.class,
        WorkerOptions.DEFAULT.withConcurrency(1),
        (task, lease) -> {
          if (task.getNumber() == 0 && tries.incrementAndGet() <= 2) {
            throw TaskErrorsTest.<RuntimeException>unchecked(sin);
          }
          done.incrementAndGet();
        });
    Depot.enqueue(process, 5);
    process.start();

    Await.until("the third time it works, too", () -> done.get() == 5);
    Await.until("nothing is left", () -> depot.tasks() == 0);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
