package dev.concordat.contract;

import com.google.protobuf.Message;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.function.BiFunction;

/// How one method of a contract is called on its implementation. Made by generated code.
///
/// @param <A> the generated interface
public sealed interface Binding<A> {
  /// The method.
  Method<?, ?> method();

  /// One message up, one down.
  record Unary<A, Q extends Message, R extends Message>(
      Method<Q, R> method, BiFunction<A, Q, R> call) implements Binding<A> {}

  /// One up, many down.
  record ServerStreaming<A, Q extends Message, R extends Message>(
      Method<Q, R> method, Down<A, Q, R> call) implements Binding<A> {}

  /// Many up, one down.
  record ClientStreaming<A, Q extends Message, R extends Message>(
      Method<Q, R> method, BiFunction<A, Source<Q>, R> call) implements Binding<A> {}

  /// Many up and many down.
  record Bidirectional<A, Q extends Message, R extends Message>(
      Method<Q, R> method, Both<A, Q, R> call) implements Binding<A> {}

  /// Answers one message with many.
  @FunctionalInterface
  interface Down<A, Q, R> {
    /// Calls the implementation; returns when the stream has ended.
    void call(A api, Q request, Sink<R> out);
  }

  /// Answers many messages with many.
  @FunctionalInterface
  interface Both<A, Q, R> {
    /// Calls the implementation; returns when the stream has ended.
    void call(A api, Source<Q> in, Sink<R> out);
  }
}
