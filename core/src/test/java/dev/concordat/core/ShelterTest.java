package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ShelterTest {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicBoolean forced = new AtomicBoolean();
  private final AtomicBoolean broken = new AtomicBoolean();
  private final Shelter.Stop stop =
      new Shelter.Stop() {
        @Override
        public void ask() {
          asked.countDown();
        }

        @Override
        public void force() {
          forced.set(true);
        }
      };

  @Test
  void resultAndFailureAreThoseOfTheWork() throws Exception {
    assertThat(Shelter.call(() -> "done", stop)).isEqualTo("done");
    assertThatThrownBy(() ->
            Shelter.call(() -> {
              throw new IOException("broken pipe");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("broken pipe");
  }

  @Test
  void workKnowsTheContext() throws Exception {
    String caller =
        Context.root()
            .withCaller("orders")
            .call(() -> Shelter.call(() -> Context.current().caller().orElseThrow()));
    assertThat(caller).isEqualTo("orders");
  }

  @Test
  void interruptionAsksTheWorkToStopAndDoesNotReachIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean kept = new AtomicBoolean();
    try (Background background = new Background("test")) {
      Thread caller =
          background.start(
              "call",
              () -> {
                try {
                  Shelter.call(() -> work(begun), stop);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                kept.set(Thread.currentThread().isInterrupted());
              });
      begun.await();
      caller.interrupt();
      caller.join();
    }
    assertThat(kept).isTrue();
    assertThat(broken).isFalse();
    assertThat(forced).isFalse();
  }

  @Test
  void deadlineAsksTheWorkToStop() throws Exception {
    Context hurried =
        Context.root().withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM));
    assertThat(hurried.call(() -> Shelter.call(() -> work(new CountDownLatch(1)), stop)))
        .isEqualTo("stopped");
    assertThat(asked.getCount()).isZero();
  }

  private String work(CountDownLatch begun) {
    begun.countDown();
    try {
      asked.await();
    } catch (InterruptedException e) {
      broken.set(true);
    }
    return "stopped";
  }
}
