package dev.concordat.calls;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.calls.grpc.FailureCodec;
import dev.concordat.contract.Binding;
import dev.concordat.contract.Method;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.Optional;

/// A method together with the implementation that answers it.
final class ServedMethod {
  private final Method<?, ?> method;
  private final Invocation invocation;

  private ServedMethod(Method<?, ?> method, Invocation invocation) {
    this.method = method;
    this.invocation = invocation;
  }

  static <A> ServedMethod of(Binding<A> binding, A api) {
    return switch (binding) {
      case Binding.Unary<A, ?, ?> unary -> unary(unary, api);
      case Binding.ServerStreaming<A, ?, ?> down -> serverStreaming(down, api);
      case Binding.ClientStreaming<A, ?, ?> up -> clientStreaming(up, api);
      case Binding.Bidirectional<A, ?, ?> both -> bidirectional(both, api);
    };
  }

  Method<?, ?> method() {
    return method;
  }

  boolean takesStream() {
    return method.descriptor().isClientStreaming();
  }

  void invoke(ArrivedCall call) {
    invocation.invoke(call);
  }

  Message parse(byte[] bytes) {
    try {
      return method.request().getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw FailureCodec.unreadable(method.descriptor().getInputType().getFullName(), e);
    }
  }

  private static <A, Q extends Message, R extends Message> ServedMethod unary(
      Binding.Unary<A, Q, R> binding, A api) {
    return new ServedMethod(
        binding.method(),
        call -> call.reply().send(binding.call().apply(api, request(binding.method(), call))));
  }

  private static <A, Q extends Message, R extends Message> ServedMethod serverStreaming(
      Binding.ServerStreaming<A, Q, R> binding, A api) {
    return new ServedMethod(
        binding.method(),
        call -> binding.call().call(api, request(binding.method(), call), out(call)));
  }

  private static <A, Q extends Message, R extends Message> ServedMethod clientStreaming(
      Binding.ClientStreaming<A, Q, R> binding, A api) {
    return new ServedMethod(
        binding.method(),
        call -> call.reply().send(binding.call().apply(api, in(binding.method(), call))));
  }

  private static <A, Q extends Message, R extends Message> ServedMethod bidirectional(
      Binding.Bidirectional<A, Q, R> binding, A api) {
    return new ServedMethod(
        binding.method(), call -> binding.call().call(api, in(binding.method(), call), out(call)));
  }

  private static <R extends Message> Sink<R> out(ArrivedCall call) {
    return call.reply()::send;
  }

  private static <Q extends Message> Q request(Method<Q, ?> method, ArrivedCall call) {
    return own(method, call.request().orElseThrow());
  }

  private static <Q extends Message> Source<Q> in(Method<Q, ?> method, ArrivedCall call) {
    Source<Message> in = call.in();
    return new Source<>() {
      @Override
      public Optional<Q> next() {
        return in.next().map(message -> own(method, message));
      }

      @Override
      public void close() {
        in.close();
      }
    };
  }

  @SuppressWarnings("unchecked") // A message's own parser makes messages of its own type.
  private static <Q extends Message> Q own(Method<Q, ?> method, Message message) {
    return ((Class<Q>) method.request().getClass()).cast(message);
  }

  /// Calls the implementation.
  @FunctionalInterface
  interface Invocation {
    void invoke(ArrivedCall call);
  }
}
