package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BackgroundTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Background background = new Background("relay");
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch proceed = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  @AfterEach
  void end() {
    background.close();
  }

  @Test
  void workRunsUnderItsNameInTheStartersContext() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    Context.root()
        .withService("orders")
        .run(() ->
            background.start(
                "tick",
                () ->
                    seen.set(
                        Thread.currentThread().getName()
                            + " of "
                            + Context.current().service().orElse(""))));

    assertThat(background.stop(LONG)).isTrue();

    assertThat(seen).hasValue("relay.tick of orders");
  }

  @Test
  void workThatWaitsForAPipeLeavesTheVirtualThreadsAlone() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    background.startBlocking(
        "read",
        () -> {
          Thread own = Thread.currentThread();
          seen.set(own.getName() + ", virtual " + own.isVirtual() + ", daemon " + own.isDaemon());
        });

    assertThat(background.stop(LONG)).isTrue();

    assertThat(seen).hasValue("relay.read, virtual false, daemon true");
  }

  @Test
  void stopWaitsForWorkThatEndsByItself() throws Exception {
    AtomicBoolean finished = new AtomicBoolean();
    background.start(
        "tick",
        () -> {
          started.countDown();
          hold();
          finished.set(true);
        });
    started.await();
    Thread.ofVirtual()
        .start(() -> {
          while (!background.stopping()) {
            Thread.onSpinWait();
          }
          proceed.countDown();
        });

    assertThat(background.stop(LONG)).isTrue();

    assertThat(finished).isTrue();
    assertThat(interrupted).isFalse();
    assertThat(background.size()).isZero();
  }

  @Test
  void stopInterruptsWhatIsLeftAfterTheGrace() throws Exception {
    background.start(
        "tick",
        () -> {
          started.countDown();
          hold();
        });
    started.await();

    assertThat(background.stop(Duration.ofMillis(1))).isFalse();

    assertThat(interrupted).isTrue();
    assertThat(background.size()).isZero();
  }

  @Test
  void closeInterruptsAtOnce() throws Exception {
    background.start(
        "tick",
        () -> {
          started.countDown();
          hold();
        });
    started.await();

    background.close();

    assertThat(interrupted).isTrue();
    assertThat(background.size()).isZero();
  }

  @Test
  void refusesNewWorkOnceStopping() {
    background.stop(Duration.ZERO);

    assertThatThrownBy(() -> background.start("tick", () -> {}))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE))
        .hasMessageContaining("relay is stopping");
  }

  @Test
  void mayBeStoppedByItsOwnWork() throws Exception {
    AtomicReference<Boolean> clean = new AtomicReference<>();
    background.start("end", () -> clean.set(background.stop(LONG))).join();

    assertThat(clean).hasValue(true);
  }

  @Test
  void anExceptionEndsOnlyTheWorkThatThrewIt() throws Exception {
    AtomicInteger done = new AtomicInteger();
    Thread failing =
        background.start(
            "failing",
            () -> {
              throw new IllegalStateException("on purpose");
            });
    failing.join();
    background.start("other", done::incrementAndGet).join();

    assertThat(done).hasValue(1);
    assertThat(background.size()).isZero();
  }

  @Test
  void nothingOutlivesAStopThatRacesWithAStart() throws Exception {
    for (int round = 0; round < 300; round++) {
      Background raced = new Background("raced");
      AtomicInteger alive = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      Thread starter =
          Thread.ofVirtual()
              .start(() -> {
                await(go);
                try {
                  raced.start(
                      "work",
                      () -> {
                        alive.incrementAndGet();
                        Thread.onSpinWait();
                        alive.decrementAndGet();
                      });
                } catch (Failure refused) {
                  assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
                }
              });
      go.countDown();
      raced.stop(LONG);
      assertThat(raced.size()).isZero();
      assertThat(alive).hasValue(0);
      starter.join();
      assertThat(raced.size()).isZero();
    }
  }

  private void hold() {
    try {
      proceed.await();
    } catch (InterruptedException e) {
      interrupted.set(true);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
