package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.core.Background;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Failure> why = new AtomicReference<>();

  @Test
  void callerThatGivesUpStopsTheLeafThreeHopsDown() throws Exception {
    try (Hops hops = new Hops(3, options -> options)) {
      hops.leaf.onLook = this::endless;
      Cancellation cancellation = Cancellation.create();
      assertThatThrownBy(() ->
              Fanout.both(
                  () ->
                      Context.current()
                          .withCancellation(cancellation)
                          .call(() -> hops.first.look(hops.request())),
                  () -> {
                    entered.await();
                    cancellation.cancel(Failure.of(Code.CANCELLED, "changed my mind"));
                    return true;
                  },
                  (answer, cancelled) -> answer))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("changed my mind");
      stopped.await();
      assertThat(why.get()).extracting(Failure::code).isEqualTo(Code.CANCELLED);
    }
  }

  @Test
  void interruptedCallerStopsTheHandler() throws Exception {
    Probes probes = new Probes();
    probes.onLook = this::endless;
    try (Pair pair = Pair.of(probes);
        Background background = new Background("caller")) {
      AtomicReference<Failure> told = new AtomicReference<>();
      CountDownLatch over = new CountDownLatch(1);
      Thread caller =
          background.start(
              "look",
              () -> {
                try {
                  pair.client.look(LookRequest.getDefaultInstance());
                } catch (Failure failure) {
                  told.set(failure);
                }
                over.countDown();
              });
      entered.await();
      caller.interrupt();
      stopped.await();
      over.await();
      assertThat(told.get()).extracting(Failure::code).isEqualTo(Code.CANCELLED);
    }
  }

  @Test
  void sourceThatIsClosedStopsTheProducer() throws Exception {
    Probes probes =
        new Probes() {
          @Override
          public void count(CountRequest request, Sink<CountResponse> out) {
            try {
              for (long i = 0; ; i++) {
                out.send(CountResponse.newBuilder().setNumber(i).build());
              }
            } catch (Failure failure) {
              why.set(failure);
              stopped.countDown();
              throw failure;
            }
          }
        };
    try (Pair pair = Pair.of(probes)) {
      try (var source = pair.client.count(CountRequest.getDefaultInstance())) {
        assertThat(source.next()).isPresent();
      }
      stopped.await();
      assertThat(why.get()).extracting(Failure::code).isEqualTo(Code.CANCELLED);
    }
  }

  @Test
  void exchangeThatIsClosedStopsTheHandlerThatReads() throws Exception {
    Probes probes =
        new Probes() {
          @Override
          public void echo(
              Source<EchoRequest> in, Sink<dev.concordat.calls.probe.v1.EchoResponse> out) {
            try {
              super.echo(in, out);
            } catch (Failure failure) {
              why.set(failure);
              stopped.countDown();
              throw failure;
            }
          }
        };
    try (Pair pair = Pair.of(probes)) {
      try (var exchange = pair.client.echo()) {
        exchange.send(EchoRequest.newBuilder().setText("x").build());
        assertThat(exchange.next()).isPresent();
      }
      stopped.await();
      assertThat(why.get()).extracting(Failure::code).isEqualTo(Code.CANCELLED);
    }
  }

  @Test
  void oneFailureOfSeveralParallelQuestionsStopsTheOthers() throws Exception {
    Probes probes = new Probes();
    probes.onLook =
        request -> {
          if (request.getName().equals("fails")) {
            await(entered);
            throw Failure.notFound("nothing there");
          }
          return endless(request);
        };
    try (Pair pair = Pair.of(probes)) {
      assertThatThrownBy(() ->
              Fanout.both(
                  () -> pair.client.look(look("waits")),
                  () -> pair.client.look(look("fails")),
                  (a, b) -> a))
          .hasMessageContaining("nothing there");
      stopped.await();
    }
  }

  @Test
  void detachedWorkOutlivesItsCaller() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    AtomicReference<String> found = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    Probes leaf = new Probes();
    try (Pair leafPair = Pair.of(leaf);
        Background background = new Background("detached")) {
      Probes front = new Probes();
      front.onLook =
          request -> {
            Deadline later = Deadline.after(Duration.ofSeconds(20), Clock.SYSTEM);
            Context.detached("goes on", later)
                .run(() ->
                    background.start(
                        "work",
                        () -> {
                          await(gone);
                          found.set(leafPair.client.look(request).getText());
                          done.countDown();
                        }));
            return endless(request);
          };
      try (Pair frontPair = Pair.of(front)) {
        assertThatThrownBy(() ->
                Context.current()
                    .withDeadline(Deadline.after(Duration.ofMillis(200), Clock.SYSTEM))
                    .run(() -> frontPair.client.look(look("x"))))
            .isInstanceOf(Failure.class);
        stopped.await();
        gone.countDown();
        done.await();
        assertThat(found.get()).isEqualTo("seen x");
      }
    }
  }

  private LookResponse endless(LookRequest request) {
    Context.current().cancellation().onCancel(() -> {});
    entered.countDown();
    try {
      new CountDownLatch(1).await();
      throw new AssertionError("nobody counts down");
    } catch (InterruptedException e) {
      why.set(Context.current().cancellation().reason().orElseThrow());
      stopped.countDown();
      throw new IllegalStateException(e);
    }
  }

  private static LookRequest look(String name) {
    return LookRequest.newBuilder().setName(name).build();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
