package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Failure gone = Failure.of(Code.CANCELLED, "the caller has gone");

  private final Cancellation cancellation = Cancellation.create();
  private final List<String> told = new ArrayList<>();

  @Test
  void tellsEveryListenerOnce() {
    cancellation.onCancel(() -> told.add("first"));
    cancellation.onCancel(() -> told.add("second"));

    cancellation.cancel(gone);
    cancellation.cancel(Failure.of(Code.INTERNAL, "too late"));

    assertThat(told).containsExactly("first", "second");
    assertThat(cancellation.reason()).containsSame(gone);
  }

  @Test
  void tellsAListenerThatComesTooLateAtOnce() {
    cancellation.cancel(gone);

    cancellation.onCancel(() -> told.add("late"));

    assertThat(told).containsExactly("late");
  }

  @Test
  void doesNotTellAListenerThatWasTakenAway() {
    Runnable same = () -> told.add("told");
    Runnable remove = cancellation.onCancel(same);
    cancellation.onCancel(same);

    remove.run();
    remove.run();
    cancellation.cancel(gone);

    assertThat(told).containsExactly("told");
  }

  @Test
  void tellsTheOthersWhenOneThrows() {
    cancellation.onCancel(() -> {
      throw new IllegalStateException("broken listener");
    });
    cancellation.onCancel(() -> told.add("second"));

    assertThatThrownBy(() -> cancellation.cancel(gone)).hasMessage("broken listener");

    assertThat(told).containsExactly("second");
  }

  @Test
  void reachesItsChildrenAndTheirs() {
    Cancellation grandchild = Cancellation.under(Cancellation.under(cancellation));

    cancellation.cancel(gone);

    assertThat(grandchild.reason()).containsSame(gone);
  }

  @Test
  void aChildDoesNotReachItsParent() {
    Cancellation child = Cancellation.under(cancellation);

    child.cancel(gone);

    assertThat(cancellation.cancelled()).isFalse();
  }

  @Test
  void aChildOfOneThatHasComeIsCancelledFromTheStart() {
    cancellation.cancel(gone);

    assertThat(Cancellation.under(cancellation).reason()).containsSame(gone);
  }

  @Test
  void childrenThatEndLeaveNothingBehind() {
    for (int i = 0; i < 100; i++) {
      try (Cancellation closed = Cancellation.under(cancellation)) {
        assertThat(closed.cancelled()).isFalse();
      }
      Cancellation.under(cancellation).cancel(gone);
    }

    assertThat(cancellation.listeners()).isZero();
  }

  @Test
  void neverDoesNotComeAndHoldsNobody() {
    Cancellation child = Cancellation.under(Cancellation.never());
    Cancellation.never().onCancel(() -> told.add("never"));

    assertThatThrownBy(() -> Cancellation.never().cancel(gone))
        .isInstanceOf(IllegalStateException.class);
    assertThat(child.cancelled()).isFalse();
    assertThat(Cancellation.never().listeners()).isZero();
    child.cancel(gone);
    assertThat(child.cancelled()).isTrue();
  }

  @Test
  void tellsEachListenerExactlyOnceInARace() throws Exception {
    for (int round = 0; round < 500; round++) {
      Cancellation raced = Cancellation.create();
      AtomicInteger heard = new AtomicInteger();
      CountDownLatch start = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean cancels = i % 2 == 0;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  await(start);
                  if (cancels) {
                    raced.cancel(gone);
                  } else {
                    Cancellation.under(raced).onCancel(heard::incrementAndGet);
                  }
                }));
      }
      start.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(heard).hasValue(2);
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
