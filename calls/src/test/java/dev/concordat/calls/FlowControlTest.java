package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.calls.probe.v1.SumResponse;
import dev.concordat.core.Background;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// A message is 10 kB; without flow control the sender would be done with all 3,000 (30 MB) at
/// once.
class FlowControlTest {
  private static final long MESSAGES = 3_000;
  private static final long FEW = 600;
  private static final ByteString PADDING = ByteString.copyFrom(new byte[10_000]);

  /// With and without an idle limit.
  private static final Set<Thread.State> WAITING =
      Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final AtomicLong sent = new AtomicLong();
  private final AtomicReference<Thread> sender = new AtomicReference<>();

  @Test
  void slowReaderSlowsTheProducer() {
    Probes probes =
        new Probes() {
          @Override
          public void count(CountRequest request, Sink<CountResponse> out) {
            sender.set(Thread.currentThread());
            for (long i = 1; i <= MESSAGES; i++) {
              out.send(CountResponse.newBuilder().setNumber(i).setPadding(PADDING).build());
              sent.incrementAndGet();
            }
          }
        };
    try (Pair pair = Pair.of(probes);
        var source = pair.client.count(CountRequest.getDefaultInstance())) {
      assertThat(source.next()).isPresent();
      senderWaits();
      assertThat(sent.get()).isLessThan(FEW);
      long last = 1;
      for (CountResponse response : source) {
        assertThat(response.getNumber()).isEqualTo(++last);
      }
      assertThat(last).isEqualTo(MESSAGES);
    }
  }

  @Test
  void slowHandlerSlowsTheCaller() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Probes probes =
        new Probes() {
          @Override
          public SumResponse sum(Source<SumRequest> in) {
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return super.sum(in);
          }
        };
    AtomicLong sum = new AtomicLong();
    try (Pair pair = Pair.of(probes);
        Background background = new Background("upload")) {
      Thread uploading =
          background.start(
              "send",
              () -> {
                sender.set(Thread.currentThread());
                try (var upload = pair.client.sum()) {
                  for (long i = 1; i <= MESSAGES; i++) {
                    upload.send(SumRequest.newBuilder().setNumber(i).setPadding(PADDING).build());
                    sent.incrementAndGet();
                  }
                  sum.set(upload.finish().getSum());
                }
              });
      senderWaits();
      assertThat(sent.get()).isLessThan(FEW);
      go.countDown();
      uploading.join();
      assertThat(sum.get()).isEqualTo(MESSAGES * (MESSAGES + 1) / 2);
    }
  }

  @Test
  void requestOfAStreamIsSentBeforeAnybodyReads() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    Probes probes =
        new Probes() {
          @Override
          public void count(CountRequest request, Sink<CountResponse> out) {
            arrived.countDown();
          }
        };
    try (Pair pair = Pair.of(probes);
        var source = pair.client.count(CountRequest.getDefaultInstance())) {
      arrived.await();
      assertThat(source.next()).isEmpty();
    }
  }

  /// Parked, and nothing sent between two looks that are far apart for a thread that runs.
  private void senderWaits() {
    AtomicLong before = new AtomicLong(-1);
    AtomicLong quiet = new AtomicLong();
    Eventually.holds(
        "the sender waits",
        () -> {
          Thread thread = sender.get();
          boolean waits =
              thread != null
                  && WAITING.contains(thread.getState())
                  && before.getAndSet(sent.get()) == sent.get();
          quiet.set(waits ? quiet.get() + 1 : 0);
          return quiet.get() > 20;
        });
  }
}
