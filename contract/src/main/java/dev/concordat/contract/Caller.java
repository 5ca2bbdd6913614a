package dev.concordat.contract;

import com.google.protobuf.Message;
import dev.concordat.core.Exchange;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;

/// What carries the calls of a generated client: gRPC, REST, or a test. Every method takes
/// deadline, trace, key and priority from `Context.current()` and throws
/// [dev.concordat.core.Failure] when the call fails.
///
/// Threads: safe for many; every method blocks the calling (virtual) thread.
public interface Caller {
  /// One message up, one down.
  <Q extends Message, R extends Message> R unary(Method<Q, R> method, Q request);

  /// One up, many down. The request is sent at once.
  <Q extends Message, R extends Message> Source<R> serverStream(Method<Q, R> method, Q request);

  /// Many up, one down.
  <Q extends Message, R extends Message> Upload<Q, R> clientStream(Method<Q, R> method);

  /// Many up and many down.
  <Q extends Message, R extends Message> Exchange<Q, R> bidirectional(Method<Q, R> method);
}
