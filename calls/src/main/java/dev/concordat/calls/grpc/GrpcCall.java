package dev.concordat.calls.grpc;

import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.Idle;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.contract.Shape;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One attempt on the wire. gRPC's event loop fills the buffer, the caller's thread empties it;
/// each message taken asks for one more, so the buffer never holds more than was asked for at the
/// start.
final class GrpcCall extends ClientCall.Listener<byte[]> implements OngoingCall {
  private final OutgoingCall call;
  private final ClientCall<byte[], byte[]> grpc;
  private final Departure departure;
  private final int messageBytes;
  private final Consumer<Ending> ended;
  private final boolean single;
  private final Idle idle;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition readable = lock.newCondition();
  private final Condition writable = lock.newCondition();
  private final Deque<byte[]> arrived;
  private int taken;
  private int askAgainAfter = 1;
  private boolean ready;
  private boolean over;
  private boolean oversized;
  private @Nullable Failure failure;
  private Reach reach = Reach.HANDLER;
  private volatile boolean replayed;
  private volatile Runnable forget = () -> {};

  GrpcCall(
      OutgoingCall call,
      ClientCall<byte[], byte[]> grpc,
      Departure departure,
      int messageBytes,
      Consumer<Ending> ended) {
    this.call = call;
    this.grpc = grpc;
    this.departure = departure;
    this.messageBytes = messageBytes;
    this.ended = ended;
    Shape shape = call.method().shape();
    this.idle = new Idle(call.method());
    this.single = shape == Shape.UNARY || shape == Shape.CLIENT_STREAMING;
    this.arrived = new ArrayDeque<>(2);
  }

  /// A method that takes one message has it sent here and now: a caller that opens a stream and
  /// reads it later must not keep the callee waiting for the request.
  void start(Metadata headers, int streamBuffer) {
    grpc.start(this, headers);
    // Two of a single answer, so that a second one is noticed and not waited for.
    grpc.request(single ? 2 : streamBuffer);
    askAgainAfter = Math.max(1, streamBuffer / 2);
    Cancellation cancellation = call.context().cancellation();
    forget = cancellation.onCancel(() -> grpc.cancel("the caller's work was cancelled", null));
    if (locked(() -> over)) {
      forget.run();
    }
    if (!call.method().descriptor().isClientStreaming()) {
      unlessCancelled(() -> {
        grpc.sendMessage(call.request());
        grpc.halfClose();
      });
    }
  }

  @Override
  public void onHeaders(Metadata headers) {
    replayed = "true".equals(headers.get(MetadataCarrier.key(MetadataCarrier.REPLAYED)));
  }

  @Override
  public void onMessage(byte[] message) {
    if (Bytes.tooLarge(message)) {
      oversized = true;
      grpc.cancel("the answer is too large", null);
      return;
    }
    lock.lock();
    try {
      arrived.add(message);
      if (!single) { // whose reader waits for the status, and would only wake to wait again
        readable.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onReady() {
    lock.lock();
    try {
      ready = true;
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    forget.run();
    boolean neverLeft = !departure.departed();
    boolean nobodyThere = neverLeft && status.getCode() == Status.Code.UNAVAILABLE;
    Failure told = status.isOk() ? null : told(status, trailers, nobodyThere);
    Reach reached =
        neverLeft ? Reach.NOWHERE : FailureCodec.refused(trailers) ? Reach.DOOR : Reach.HANDLER;
    // Before the caller wakes, so that its next try already looks elsewhere.
    ended.accept(new Ending(reached, told));
    lock.lock();
    try {
      over = true;
      reach = reached;
      failure = told;
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Failure told(Status status, Metadata trailers, boolean nobodyThere) {
    Optional<Failure> cancelled = call.context().cancellation().reason();
    if (cancelled.isPresent() && status.getCode() == Status.Code.CANCELLED) {
      return cancelled.orElseThrow();
    }
    if (oversized) {
      return FailureCodec.tooLarge("the answer", messageBytes);
    }
    if (nobodyThere) {
      Optional<Failure> untrusted = Handshakes.failed(call.method().service(), status.getCause());
      if (untrusted.isPresent()) {
        return untrusted.get();
      }
      return Failure.of(
              Code.UNAVAILABLE,
              call.method().service() + " cannot be reached",
              status.asException())
          .with(Failure.Details.NONE.withDecidedBy("wire").withReason("UNREACHABLE"));
    }
    Failure read = FailureCodec.read(status, trailers);
    if (!read.details().decidedBy().isEmpty()) {
      return read;
    }
    boolean late = status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    Failure plain =
        late
            ? Failure.of(
                Code.DEADLINE_EXCEEDED, call.method() + " did not answer before the deadline")
            : read;
    return plain.with(read.details().withDecidedBy(late ? "deadline" : "wire"));
  }

  @Override
  public void begun() {
    if (!call.method().descriptor().isClientStreaming()) {
      return;
    }
    locked(() -> {
      await(writable, () -> ready || over);
      if (reach != Reach.HANDLER && failure != null) {
        throw failure.here();
      }
      return true;
    });
  }

  @Override
  public void send(byte[] message) {
    if (message.length > messageBytes) {
      throw FailureCodec.tooLarge("the message", message.length, messageBytes);
    }
    boolean open =
        locked(() -> {
          await(writable, () -> over || grpc.isReady(), "the callee read nothing");
          return !over;
        });
    if (!open || !unlessCancelled(() -> grpc.sendMessage(message))) {
      throw locked(this::ended);
    }
  }

  @Override
  public void finish() {
    // Of a call that was cancelled, reading tells why.
    unlessCancelled(grpc::halfClose);
  }

  /// A cancellation may come from any thread between any two lines here; gRPC then calls sending an
  /// illegal state.
  private boolean unlessCancelled(Runnable sending) {
    try {
      sending.run();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private Failure ended() {
    return Optional.ofNullable(failure)
        .or(() -> call.context().cancellation().reason())
        .map(Failure::here)
        .orElseGet(
            () -> Failure.of(Code.CANCELLED, call.method() + " has ended and reads no more"));
  }

  @Override
  public Optional<byte[]> next() {
    return locked(() -> {
      if (single) {
        await(readable, () -> over);
      } else {
        await(readable, () -> over || !arrived.isEmpty(), "no message came");
      }
      if (single && failure != null) {
        throw failure.here();
      }
      byte[] message = arrived.poll();
      if (message != null) {
        ask();
        return Optional.of(message);
      }
      if (failure != null) {
        throw failure.here();
      }
      return Optional.empty();
    });
  }

  /// Asks for more once half of what was asked for has been read: each asking is a task of the
  /// event loop.
  private void ask() {
    if (++taken == askAgainAfter && !over) {
      taken = 0;
      grpc.request(askAgainAfter);
    }
  }

  @Override
  public Reach reach() {
    return locked(() -> reach);
  }

  @Override
  public boolean replayed() {
    return replayed;
  }

  @Override
  public void close() {
    if (!locked(() -> over)) {
      grpc.cancel("the caller reads no more", null);
    }
  }

  private <T> T locked(Supplier<T> body) {
    lock.lock();
    try {
      return body.get();
    } finally {
      lock.unlock();
    }
  }

  /// The deadline needs no timeout here: gRPC ends the call when it passes.
  private void await(Condition changed, BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        changed.await();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void await(Condition changed, BooleanSupplier condition, String what) {
    Optional<Failure> late;
    try {
      late = idle.await(changed, condition, what);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (late.isPresent()) {
      grpc.cancel(late.orElseThrow().message(), null);
      throw late.orElseThrow();
    }
  }

  private Failure interrupted(InterruptedException e) {
    grpc.cancel("the calling thread was interrupted", e);
    Thread.currentThread().interrupt();
    return call.context()
        .cancellation()
        .reason()
        .map(Failure::here)
        .orElseGet(
            () -> Failure.of(Code.CANCELLED, "interrupted while calling " + call.method(), e));
  }
}
