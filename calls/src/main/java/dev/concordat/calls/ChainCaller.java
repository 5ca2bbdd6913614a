package dev.concordat.calls;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.calls.grpc.Bytes;
import dev.concordat.calls.record.Trail;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.Caller;
import dev.concordat.contract.Method;
import dev.concordat.contract.Shape;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Exchange;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;
import java.util.Optional;
import java.util.function.Function;

/// What stands at the top of the chain: messages become bytes here, and bytes messages.
final class ChainCaller implements Caller, RawCaller {
  private final ClientStep chain;
  private final String target;
  private final Clock clock;

  ChainCaller(ClientStep chain, String target, Clock clock) {
    this.chain = chain;
    this.target = target;
    this.clock = clock;
  }

  @Override
  public Answer unary(Method<?, ?> method, byte[] request) {
    try (OngoingCall call = open(method, Shape.UNARY, request)) {
      byte[] message = one(call, method);
      return new Answer(message, call.replayed());
    }
  }

  @Override
  public Source<byte[]> serverStream(Method<?, ?> method, byte[] request) {
    return new TypedSource<>(open(method, Shape.SERVER_STREAMING, request), Function.identity());
  }

  @Override
  public <Q extends Message, R extends Message> R unary(Method<Q, R> method, Q request) {
    return read(method, unary(method, request.toByteArray()).message());
  }

  @Override
  public <Q extends Message, R extends Message> Source<R> serverStream(
      Method<Q, R> method, Q request) {
    return new TypedSource<>(
        open(method, Shape.SERVER_STREAMING, request.toByteArray()),
        bytes -> read(method, bytes),
        method.streaming()::after);
  }

  @Override
  public <Q extends Message, R extends Message> Upload<Q, R> clientStream(Method<Q, R> method) {
    OngoingCall call = open(method, Shape.CLIENT_STREAMING, Bytes.NONE);
    return new Upload<>() {
      @Override
      public void send(Q message) {
        call.send(message.toByteArray());
      }

      @Override
      public R finish() {
        call.finish();
        try (call) {
          return read(method, one(call, method));
        }
      }

      @Override
      public void close() {
        call.close();
      }
    };
  }

  @Override
  public <Q extends Message, R extends Message> Exchange<Q, R> bidirectional(Method<Q, R> method) {
    OngoingCall call = open(method, Shape.BIDIRECTIONAL, Bytes.NONE);
    Source<R> answers = new TypedSource<>(call, bytes -> read(method, bytes));
    return new Exchange<>() {
      @Override
      public void send(Q message) {
        call.send(message.toByteArray());
      }

      @Override
      public void finish() {
        call.finish();
      }

      @Override
      public Optional<R> next() {
        return answers.next();
      }

      @Override
      public void close() {
        answers.close();
      }
    };
  }

  private OngoingCall open(Method<?, ?> method, Shape shape, byte[] request) {
    if (method.shape() != shape) {
      throw new IllegalArgumentException(
          method + " is " + method.shape() + " and cannot be called as " + shape);
    }
    Trail trail = new Trail(method, target, clock);
    return chain.open(new OutgoingCall(method, Context.current(), request, trail));
  }

  private static byte[] one(OngoingCall call, Method<?, ?> method) {
    return call.next()
        .orElseThrow(() -> Failure.of(Code.INTERNAL, method + " ended well but without an answer"));
  }

  @SuppressWarnings("unchecked") // A message's own parser makes messages of its own type.
  private static <R extends Message> R read(Method<?, R> method, byte[] bytes) {
    try {
      return (R) method.response().getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw Failure.of(Code.INTERNAL, "the answer of " + method + " cannot be read", e);
    }
  }
}
