package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The lines of an answer that has no end. The sender waits while nobody reads: one piece of the
/// answer is held at a time.
///
/// Threads: read by one.
final class Lines implements BodySubscriber<Lines>, AutoCloseable {
  private final int longest;
  private final BlockingQueue<Piece> arrived = new LinkedBlockingQueue<>();
  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private final CompletableFuture<Lines> body = CompletableFuture.completedFuture(this);
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private boolean ended;

  /// @param longest the most bytes of one line
  Lines(int longest) {
    this.longest = longest;
  }

  /// The next line; empty when the answer has ended.
  ///
  /// @param idle how long nothing may come
  Optional<String> next(Duration idle) throws InterruptedException {
    while (lines.isEmpty() && !ended) {
      Piece piece = arrived.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
      if (piece == null) {
        throw Failure.of(Code.UNAVAILABLE, "nothing has come for " + idle);
      }
      split(piece);
    }
    return Optional.ofNullable(lines.poll());
  }

  /// Hangs up.
  @Override
  public void close() {
    closed = true;
    Flow.Subscription from = subscription;
    if (from != null) {
      from.cancel();
    }
  }

  @Override
  public CompletionStage<Lines> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription from) {
    subscription = from;
    if (closed) {
      from.cancel();
    } else {
      from.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> piece) {
    arrived.add(new Piece(piece, Optional.empty(), false));
  }

  @Override
  public void onError(Throwable why) {
    arrived.add(new Piece(List.of(), Optional.of(why), true));
  }

  @Override
  public void onComplete() {
    arrived.add(new Piece(List.of(), Optional.empty(), true));
  }

  private void split(Piece piece) {
    piece
        .broken()
        .ifPresent(why -> {
          throw Failure.of(Code.UNAVAILABLE, "the answer broke off", why);
        });
    for (ByteBuffer buffer : piece.bytes()) {
      while (buffer.hasRemaining()) {
        add(buffer.get());
      }
    }
    ended = piece.last();
    Flow.Subscription from = subscription;
    if (!ended && from != null) {
      from.request(1);
    }
  }

  private void add(byte one) {
    if (one == '\n') {
      lines.add(begun.toString(StandardCharsets.UTF_8));
      begun.reset();
      return;
    }
    if (begun.size() >= longest) {
      throw Failure.of(Code.RESOURCE_EXHAUSTED, "a line of more than " + longest + " bytes");
    }
    begun.write(one);
  }

  private record Piece(List<ByteBuffer> bytes, Optional<Throwable> broken, boolean last) {}
}
