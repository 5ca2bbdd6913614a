package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.calls.record.Trail;
import dev.concordat.core.Background;
import dev.concordat.core.Bearer;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalesceTest {
  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);
  private final Background callers = new Background("callers");
  private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger joined = new AtomicInteger();
  private final AtomicInteger stopped = new AtomicInteger();
  private final CountDownLatch goOn = new CountDownLatch(1);

  CoalesceTest() {
    probes.onLook =
        request -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            stopped.incrementAndGet();
            throw Failure.of(Code.CANCELLED, "stopped", e);
          }
          return LookResponse.newBuilder().setText("seen " + request.getName()).build();
        };
  }

  @AfterEach
  void stop() {
    goOn.countDown();
    callers.close();
    pair.close();
  }

  @Test
  void sameQuestionAtTheSameTimeIsAskedOnce() {
    for (int i = 0; i < 10; i++) {
      ask(watched(), "x");
    }
    Eventually.holds("nine have joined", () -> joined.get() == 9);
    goOn.countDown();
    Eventually.holds("all are answered", () -> answers.size() == 10);
    assertThat(answers).containsOnly("seen x");
    assertThat(probes.looks).hasValue(1);
    assertThat(pair.calls.records().list(Trail::wasCoalesced, 100)).hasSize(9);
  }

  @Test
  void questionAskedAfterTheAnswerIsAskedAgain() {
    goOn.countDown();
    pair.client.ponder(request("x"));
    pair.client.ponder(request("x"));
    assertThat(probes.looks).hasValue(2);
  }

  @Test
  void nothingIsSharedThatMayBeAnsweredOtherwise() {
    ask(watched(), "x");
    ask(watched(), "y");
    ask(watched().withBaggage(Map.of("user", "ann")), "x");
    ask(watched().withBaggage(Map.of("user", "bob")), "x");
    ask(watched().withPriority(Priority.HIGH), "x");
    Eventually.holds("each has arrived", () -> probes.looks.get() == 5);
    assertThat(joined).hasValue(0);
  }

  @Test
  void nobodyIsToldWhatWasAnsweredToAnother() {
    ask(watched().withBearer(Bearer.of("ann's")), "x");
    ask(watched().withBearer(Bearer.of("bob's")), "x");
    ask(watched(), "x");
    Eventually.holds("each has arrived", () -> probes.looks.get() == 3);
    ask(watched().withBearer(Bearer.of("ann's")), "x");
    Eventually.holds("who asks the same for the same joins", () -> joined.get() == 1);
  }

  @Test
  void otherMethodsAreNotShared() {
    ask(watched(), () -> pair.client.look(request("x")));
    ask(watched(), () -> pair.client.look(request("x")));
    Eventually.holds("each has arrived", () -> probes.looks.get() == 2);
  }

  @Test
  void eachKeepsItsOwnDeadline() {
    ask(watched(), "x");
    Eventually.holds("the call is under way", () -> probes.looks.get() == 1);
    Context hurried = watched().withDeadline(Deadline.after(Duration.ofMillis(50), Clock.SYSTEM));
    assertThatThrownBy(() -> hurried.run(() -> pair.client.ponder(request("x"))))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    goOn.countDown();
    Eventually.holds("the other is answered", () -> answers.size() == 1);
    assertThat(probes.looks).hasValue(1);
  }

  @Test
  void whoeverHasMoreTimeAsksAgain() {
    // With a connection that stands, so that the time is spent at work.
    pair.client.strike(StrikeRequest.getDefaultInstance());
    Context hurried = watched().withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM));
    ask(hurried, "x");
    Eventually.holds("the call is under way", () -> probes.looks.get() == 1);
    ask(watched(), "x");
    Eventually.holds("it is asked again", () -> probes.looks.get() == 2);
    goOn.countDown();
    Eventually.holds("the patient one is answered", () -> answers.contains("seen x"));
    assertThat(answers).containsExactlyInAnyOrder("DEADLINE_EXCEEDED", "seen x");
  }

  @Test
  void callGoesOnWhenTheOneWhoBeganItLeaves() {
    Cancellation cancellation = Cancellation.create();
    ask(watched().withCancellation(cancellation), "x");
    Eventually.holds("the call is under way", () -> probes.looks.get() == 1);
    ask(watched(), "x");
    Eventually.holds("the other has joined", () -> joined.get() == 1);
    cancellation.cancel(Failure.of(Code.CANCELLED, "gone"));
    Eventually.holds("the first has left", () -> answers.contains("CANCELLED"));
    goOn.countDown();
    Eventually.holds("the other is answered", () -> answers.contains("seen x"));
    assertThat(probes.looks).hasValue(1);
  }

  @Test
  void callIsStoppedWhenTheLastOneLeaves() {
    Cancellation cancellation = Cancellation.create();
    ask(watched().withCancellation(cancellation), "x");
    Eventually.holds("the call is under way", () -> probes.looks.get() == 1);
    ask(watched().withCancellation(cancellation), "x");
    Eventually.holds("the other has joined", () -> joined.get() == 1);
    cancellation.cancel(Failure.of(Code.CANCELLED, "gone"));
    Eventually.holds("the work is stopped", () -> stopped.get() == 1);
  }

  @Test
  void failureIsToldToAll() {
    probes.onLook =
        request -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw Failure.of(Code.CANCELLED, "stopped", e);
          }
          throw Failure.notFound("nobody");
        };
    ask(watched(), "x");
    Eventually.holds("the call is under way", () -> probes.looks.get() == 1);
    ask(watched(), "x");
    Eventually.holds("the other has joined", () -> joined.get() == 1);
    goOn.countDown();
    Eventually.holds("both are told", () -> answers.size() == 2);
    assertThat(answers).containsOnly("NOT_FOUND");
  }

  private void ask(Context context, String name) {
    ask(context, () -> pair.client.ponder(request(name)));
  }

  private void ask(Context context, Supplier<LookResponse> question) {
    context.run(() ->
        callers.start(
            "ask",
            () -> {
              try {
                answers.add(question.get().getText());
              } catch (Failure failure) {
                answers.add(failure.code().name());
              }
            }));
  }

  private Context watched() {
    return Context.root()
        .withObservation(
            new Observation() {
              @Override
              public Context context() {
                return Context.root();
              }

              @Override
              public void set(String attribute, String value) {}

              @Override
              public void event(String name, Map<String, String> attributes) {
                if (name.equals("concordat.coalesced")) {
                  joined.incrementAndGet();
                }
              }

              @Override
              public void failed(Throwable failure) {}

              @Override
              public void close() {}
            });
  }

  private static LookRequest request(String name) {
    return LookRequest.newBuilder().setName(name).build();
  }
}
