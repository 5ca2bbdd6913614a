package dev.concordat.calls;

import com.google.protobuf.Message;
import dev.concordat.calls.grpc.Bytes;
import dev.concordat.calls.grpc.FailureCodec;
import dev.concordat.calls.grpc.MetadataCarrier;
import dev.concordat.calls.identity.Peer;
import dev.concordat.calls.wire.Idle;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import dev.concordat.core.Source;
import io.grpc.Metadata;
import io.grpc.ServerCall;
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

/// One call being served: grpc's event loop on one side, the handler's virtual thread on the other.
///
/// Ends once, by whoever comes first: the handler, the deadline, the caller who goes, the server
/// that stops. What the others still try is then refused.
final class ServingCall extends ServerCall.Listener<byte[]> implements Reply, Source<Message> {
  private final ServedMethod served;
  private final ServerCall<byte[], byte[]> grpc;
  private final Limits limits;
  private final Consumer<ServingCall> forget;
  private final Starter starter;
  private final Idle idle;
  private final Cancellation cancellation = Cancellation.create();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> arrived = new ArrayDeque<>();
  private @Nullable Runnable start;
  private Alarms.@Nullable Alarm alarm;
  private boolean halfClosed;
  private boolean headersSent;
  private boolean over;
  private volatile boolean handled;

  ServingCall(
      ServedMethod served,
      ServerCall<byte[], byte[]> grpc,
      Limits limits,
      Consumer<ServingCall> forget,
      Starter starter) {
    this.served = served;
    this.grpc = grpc;
    this.limits = limits;
    this.forget = forget;
    this.starter = starter;
    this.idle = new Idle(served.method());
  }

  /// A method that takes one message begins when that is complete; one that takes a stream at once.
  void begin(Context arrival, Optional<String> key, ServerStep chain, Alarms alarms) {
    Context context = arrival.withCancellation(cancellation);
    alarm =
        alarms.at(
            context.deadline().orElseThrow(),
            () -> cancel(ServerDeadline.passed("the deadline passed before the work was done")));
    ArrivedCall call = new ArrivedCall(served, context, key, peer(), Optional.empty(), this, this);
    Runnable body = () -> launch(call, chain);
    if (served.takesStream()) {
      grpc.request(limits.streamBuffer());
      body.run();
    } else {
      start = body;
      // Two, so that a second message is noticed.
      grpc.request(2);
    }
  }

  /// Who is at the other end of the connection, when that is proven.
  Optional<Peer> peer() {
    return Optional.ofNullable(grpc.getAttributes().get(PeerFilter.PEER));
  }

  /// Ends the call from outside: the handler is told to stop, the caller is told why.
  void cancel(Failure why) {
    cancellation.cancel(why);
    fail(why);
  }

  @Override
  public void onMessage(byte[] message) {
    if (Bytes.tooLarge(message)) {
      cancel(FailureCodec.tooLarge("the message", limits.messageBytes()));
      return;
    }
    boolean tooMany =
        withLock(() -> {
          arrived.add(message);
          changed.signalAll();
          return !served.takesStream() && arrived.size() > 1;
        });
    if (tooMany) {
      cancel(malformed(served.method() + " takes one message, more were sent"));
    }
  }

  @Override
  public void onHalfClose() {
    Runnable body = start;
    start = null;
    withLock(() -> {
      halfClosed = true;
      changed.signalAll();
      return true;
    });
    if (body != null) {
      body.run();
    }
  }

  @Override
  public void onReady() {
    withLock(() -> {
      changed.signalAll();
      return true;
    });
  }

  @Override
  public void onCancel() {
    cancellation.cancel(Failure.of(Code.CANCELLED, "the caller has gone"));
    end(() -> {});
  }

  @Override
  public void onComplete() {
    end(() -> {});
  }

  @Override
  public void handling() {
    handled = true;
  }

  @Override
  public void send(Message message) {
    write(message.toByteArray(), false);
  }

  @Override
  public void replay(byte[] message) {
    write(message, true);
  }

  /// The next message of a stream.
  @Override
  public Optional<Message> next() {
    byte[] message;
    lock.lock();
    try {
      await(() -> over || halfClosed || !arrived.isEmpty(), "the caller sent nothing");
      if (over) {
        throw gone();
      }
      message = arrived.poll();
      if (message == null) {
        return Optional.empty();
      }
      grpc.request(1);
    } finally {
      lock.unlock();
    }
    return Optional.of(served.parse(message));
  }

  /// A handler that reads no more just answers; what still arrives stays where it is.
  @Override
  public void close() {}

  private void launch(ArrivedCall call, ServerStep chain) {
    try {
      starter.start(call, () -> serve(call, chain));
    } catch (Failure refused) {
      cancel(refused);
    }
  }

  private boolean serve(ArrivedCall call, ServerStep chain) {
    try {
      chain.serve(served.takesStream() ? call : call.with(request()));
      end(() -> grpc.close(Status.OK, new Metadata()));
    } catch (Failure failure) {
      fail(failure);
    } catch (RuntimeException | Error e) {
      fail(
          Failure.of(Code.INTERNAL, "the service has failed")
              .with(Failure.Details.NONE.withDecidedBy("wire")));
      throw e;
    }
    return handled && cancellation.reason().filter(why -> why.code() == Code.CANCELLED).isEmpty();
  }

  /// Gives a call its thread.
  @FunctionalInterface
  interface Starter {
    /// Starts the body, unless the call is refused.
    ///
    /// @param body says whether the time that it took tells something about load
    /// @throws Failure when the call is refused
    void start(ArrivedCall call, BooleanSupplier body);
  }

  private void fail(Failure failure) {
    end(() -> grpc.close(FailureCodec.status(failure), FailureCodec.trailers(failure, !handled)));
  }

  private Message request() {
    byte[] message = withLock(arrived::poll);
    if (message == null) {
      throw malformed(served.method() + " takes one message, none was sent");
    }
    return served.parse(message);
  }

  private void write(byte[] message, boolean replayed) {
    if (message.length > limits.messageBytes()) {
      throw FailureCodec.tooLarge("the answer", message.length, limits.messageBytes());
    }
    lock.lock();
    try {
      await(() -> over || grpc.isReady(), "the caller read nothing");
      if (over) {
        throw gone();
      }
      if (!headersSent) {
        headersSent = true;
        Metadata headers = new Metadata();
        if (replayed) {
          headers.put(MetadataCarrier.key(MetadataCarrier.REPLAYED), "true");
        }
        grpc.sendHeaders(headers);
      }
      grpc.sendMessage(message);
    } finally {
      lock.unlock();
    }
  }

  private void end(Runnable tell) {
    boolean first =
        withLock(() -> {
          if (over) {
            return false;
          }
          over = true;
          tell.run();
          changed.signalAll();
          return true;
        });
    if (first) {
      forget.accept(this);
      if (alarm != null) {
        alarm.stop();
      }
    }
  }

  private Failure gone() {
    return cancellation
        .reason()
        .map(Failure::here)
        .orElseGet(() -> Failure.of(Code.CANCELLED, served.method() + " has ended"));
  }

  private static Failure malformed(String message) {
    return Failure.of(Code.INVALID_ARGUMENT, message)
        .with(Failure.Details.NONE.withDecidedBy("wire"));
  }

  private void await(BooleanSupplier condition, String what) {
    try {
      Optional<Failure> late = idle.await(changed, condition, what);
      late.ifPresent(failure -> {
        cancel(failure);
        throw failure;
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancellation
          .reason()
          .map(Failure::here)
          .orElseGet(() -> Failure.of(Code.CANCELLED, "interrupted in " + served.method(), e));
    }
  }

  private <T extends @Nullable Object> T withLock(Supplier<T> body) {
    lock.lock();
    try {
      return body.get();
    } finally {
      lock.unlock();
    }
  }
}
