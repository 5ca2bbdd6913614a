package dev.concordat.calls.rest;

import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One attempt over HTTP. The caller's thread reads the answer as it arrives; deadline and
/// cancellation end the exchange from outside, also when nobody reads.
final class RestCall implements OngoingCall {
  private final OutgoingCall call;
  private final Consumer<Ending> ended;
  private final Arrival arrival = new Arrival();
  private final AnswerReader reader;
  private final boolean single;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

  /// Completed at the end; until then the JDK's own timer watches the deadline.
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  private volatile Runnable forget = () -> {};
  private volatile @Nullable CompletableFuture<HttpResponse<Void>> exchange;

  RestCall(
      OutgoingCall call,
      RestMethod.Chosen chosen,
      AnswerReader.Terms terms,
      Consumer<Ending> ended) {
    this.call = call;
    this.ended = ended;
    this.reader = new AnswerReader(call, chosen, terms, arrival);
    this.single = !call.method().descriptor().isServerStreaming();
  }

  void start(HttpClient http, HttpRequest request) {
    var cancellation = call.context().cancellation();
    forget = cancellation.onCancel(() -> end(Reach.HANDLER, cancellation.reason().orElseThrow()));
    var _ =
        over.orTimeout(call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((well, passed) -> {
              if (passed != null) {
                end(Reach.HANDLER, late());
              }
            });
    try {
      CompletableFuture<HttpResponse<Void>> sent = http.sendAsync(request, arrival::begin);
      exchange = sent;
      var _ =
          sent.whenComplete((answer, broken) -> {
            if (broken != null) {
              end(Breakage.of(call, broken));
            }
          });
    } catch (RuntimeException e) {
      end(Breakage.of(call, e));
    }
    if (ending.get() != null) {
      stop();
    }
  }

  @Override
  public void begun() {
    // Whatever takes one message has it sent at once.
  }

  @Override
  public void send(byte[] message) {
    throw new IllegalStateException(call.method() + " takes one message over REST");
  }

  @Override
  public void finish() {
    // It was sent whole.
  }

  @Override
  public Optional<byte[]> next() {
    Ending before = ending.get();
    if (before != null) {
      return over(before);
    }
    try {
      Optional<byte[]> message = single ? Optional.of(reader.one()) : reader.next();
      if (single || message.isEmpty()) {
        end(Reach.HANDLER, null);
      }
      return message;
    } catch (Arrival.Broken e) {
      end(Breakage.of(call, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(Reach.HANDLER, interrupted(e));
    } catch (Failure e) {
      end(reader.reach(), e);
    }
    return over(Objects.requireNonNull(ending.get()));
  }

  @Override
  public Reach reach() {
    Ending how = ending.get();
    return how == null ? Reach.HANDLER : how.reach();
  }

  @Override
  public boolean replayed() {
    return reader.replayed();
  }

  @Override
  public void close() {
    if (ending.get() == null) {
      end(Reach.HANDLER, left());
    }
  }

  private static Optional<byte[]> over(Ending how) {
    if (how.failure() != null) {
      throw how.failure().here();
    }
    return Optional.empty();
  }

  private void end(Ending how) {
    end(how.reach(), how.failure());
  }

  /// The first end counts.
  private void end(Reach reach, @Nullable Failure failure) {
    Ending how = new Ending(reach, failure);
    if (!ending.compareAndSet(null, how)) {
      return;
    }
    forget.run();
    over.complete(null);
    // Before the caller wakes, so that its next try already looks elsewhere.
    ended.accept(how);
    // Also after a good end, when the sender said so and keeps the body open.
    if (arrival.abort(failure == null ? left() : failure)) {
      stop();
    }
  }

  /// Closes the connection, or resets the stream on it.
  private void stop() {
    CompletableFuture<HttpResponse<Void>> running = exchange;
    if (running != null) {
      running.cancel(true);
    }
  }

  private Failure left() {
    return Failure.of(Code.CANCELLED, "the caller reads no more of " + call.method())
        .with(Failure.Details.NONE.withDecidedBy("wire"));
  }

  private Failure late() {
    return Failure.of(Code.DEADLINE_EXCEEDED, call.method() + " did not answer before the deadline")
        .with(Failure.Details.NONE.withDecidedBy("deadline"));
  }

  private Failure interrupted(InterruptedException e) {
    return call.context()
        .cancellation()
        .reason()
        .orElseGet(() ->
            Failure.of(Code.CANCELLED, "interrupted while calling " + call.method(), e)
                .with(Failure.Details.NONE.withDecidedBy("wire")));
  }
}
