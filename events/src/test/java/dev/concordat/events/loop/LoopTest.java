package dev.concordat.events.loop;

import dev.concordat.core.Background;
import dev.concordat.core.Observer;
import dev.concordat.events.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final Background background = new Background("test");

  @AfterEach
  void close() {
    background.close();
  }

  @Test
  void goesOnWhateverAStepThrows() {
    Queue<Throwable> failures =
        new ArrayDeque<>(
            List.of(
                new IllegalStateException("a defect"),
                new OutOfMemoryError("of its own making"),
                new Throwable("neither error nor exception")));
    AtomicInteger steps = new AtomicInteger();
    Loop loop =
        new Loop(
            "test",
            new Signal(),
            Observer.NONE,
            () -> {
              if (!failures.isEmpty()) {
                throw LoopTest.<RuntimeException>unchecked(failures.remove());
              }
              steps.incrementAndGet();
              return Duration.ofMillis(1);
            });
    loop.start(background);

    Await.until("it works again", () -> steps.get() > 1);
    loop.stop();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
