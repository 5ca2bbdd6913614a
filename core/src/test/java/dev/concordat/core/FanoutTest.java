package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FanoutTest {
  private final AtomicInteger running = new AtomicInteger();

  @Test
  void bothRunAtTheSameTime() {
    CyclicBarrier meeting = new CyclicBarrier(2);

    int sum = Fanout.both(() -> meet(meeting, 1), () -> meet(meeting, 2), Integer::sum);

    assertThat(sum).isEqualTo(3);
  }

  @Test
  void answersComeInTheItemsOrder() {
    List<Integer> items = IntStream.range(0, 200).boxed().toList();

    assertThat(Fanout.each(items, i -> i * 2)).isEqualTo(items.stream().map(i -> i * 2).toList());
    assertThat(Fanout.each(List.of(), i -> i)).isEmpty();
  }

  @Test
  void noMoreRunAtOnceThanAllowed() {
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier three = new CyclicBarrier(3);

    Fanout.each(
        IntStream.range(0, 30).boxed().toList(),
        3,
        i -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          meet(three, i);
          running.decrementAndGet();
          return i;
        });

    assertThat(most).hasValue(3);
  }

  @Test
  void questionsAreAskedInTheCurrentContext() {
    Context context = Context.root().withCaller("cart").withIdempotencyKey("k");

    List<String> callers =
        context.<List<String>, RuntimeException>call(
            () -> Fanout.each(List.of(1, 2), i -> Context.current().caller().orElse("")));

    assertThat(callers).containsExactly("cart", "cart");
  }

  @Test
  void theFirstFailureInterruptsTheOthersAndIsThrownAsItIs() {
    Failure failure = Failure.of(Code.FAILED_PRECONDITION, "out of stock");
    CountDownLatch asked = new CountDownLatch(1);

    Throwable thrown =
        catchThrowable(() ->
            Fanout.both(
                () -> waitForever(asked),
                () -> {
                  asked.await();
                  throw failure;
                },
                (a, b) -> a));

    assertThat(thrown).isSameAs(failure);
    assertThat(running).hasValue(0);
  }

  @Test
  void theFirstFailureAlsoCancelsTheOthersContext() {
    AtomicReference<Failure> told = new AtomicReference<>();
    CountDownLatch listening = new CountDownLatch(1);

    assertThatThrownBy(() ->
            Fanout.both(
                () -> {
                  CountDownLatch cancelled = new CountDownLatch(1);
                  Cancellation here = Context.current().cancellation();
                  here.onCancel(cancelled::countDown);
                  listening.countDown();
                  awaitStubbornly(cancelled);
                  told.set(here.reason().orElseThrow());
                  return 1;
                },
                () -> {
                  listening.await();
                  throw new IllegalArgumentException("bad price");
                },
                (a, b) -> a))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(told.get()).extracting(Failure::code).isEqualTo(Code.CANCELLED);
    assertThat(told.get()).hasRootCauseMessage("bad price");
  }

  @Test
  void nothingIsAskedAnyMoreAfterAFailure() {
    Set<Integer> asked = ConcurrentHashMap.newKeySet();

    assertThatThrownBy(() ->
            Fanout.each(
                IntStream.range(0, 1_000).boxed().toList(),
                2,
                i -> {
                  asked.add(i);
                  throw Failure.of(Code.UNAVAILABLE, "down");
                }))
        .isInstanceOf(Failure.class);

    assertThat(asked).hasSizeLessThan(3);
  }

  @Test
  void waitingForAFreePlaceEndsWhenAnEarlierQuestionFails() {
    CountDownLatch bothAsked = new CountDownLatch(2);

    assertThatThrownBy(() ->
            Fanout.each(
                IntStream.range(0, 100).boxed().toList(),
                2,
                i -> {
                  bothAsked.countDown();
                  if (i == 1) {
                    awaitStubbornly(bothAsked);
                    throw new AssertionError("an error counts as well");
                  }
                  return waitForever(new CountDownLatch(1));
                }))
        .isInstanceOf(AssertionError.class);

    assertThat(running).hasValue(0);
  }

  @Test
  void aCheckedExceptionBecomesTheCauseOfAFailure() {
    assertThatThrownBy(() ->
            Fanout.both(
                () -> {
                  throw new IOException("disk");
                },
                () -> 1,
                (a, b) -> b))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.INTERNAL))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void interruptingTheCallerReachesEveryQuestion() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              thrown.set(
                  catchThrowable(() ->
                      Fanout.both(
                          () -> waitForever(asked), () -> waitForever(asked), (a, b) -> a)));
              flag.set(Thread.currentThread().isInterrupted());
            });
    asked.await();

    caller.interrupt();
    caller.join();

    assertThat(thrown.get())
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.CANCELLED));
    assertThat(flag.get()).isTrue();
    assertThat(running).hasValue(0);
  }

  @Test
  void cancellingTheConversationReachesEveryQuestion() {
    Cancellation conversation = Cancellation.create();
    Failure gone = Failure.of(Code.CANCELLED, "the caller has gone");
    CountDownLatch asked = new CountDownLatch(1);

    Throwable thrown =
        catchThrowable(() ->
            Context.root()
                .withCancellation(conversation)
                .run(() ->
                    Fanout.both(
                        () -> waitForever(asked),
                        () -> {
                          asked.await();
                          conversation.cancel(gone);
                          return 1;
                        },
                        (a, b) -> a)));

    assertThat(thrown).isSameAs(gone);
    assertThat(running).hasValue(0);
  }

  @Test
  void leavesNothingBehindOnALongConversation() {
    Cancellation conversation = Cancellation.create();
    Context.root()
        .withCancellation(conversation)
        .run(() -> {
          for (int i = 0; i < 50; i++) {
            Fanout.each(List.of(1, 2, 3), item -> item);
          }
        });

    assertThat(conversation.listeners()).isZero();
  }

  @Test
  void aLimitBelowOneIsRefused() {
    assertThatThrownBy(() -> Fanout.each(List.of(1), 0, i -> i))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private int waitForever(CountDownLatch started) {
    running.incrementAndGet();
    started.countDown();
    try {
      new CountDownLatch(1).await();
      return 0;
    } catch (InterruptedException e) {
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    } finally {
      running.decrementAndGet();
    }
  }

  private static int meet(CyclicBarrier barrier, int answer) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
      return answer;
    } catch (Exception e) {
      throw new IllegalStateException("not in parallel", e);
    }
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // This question does not listen to interruptions.
      }
    }
  }
}
