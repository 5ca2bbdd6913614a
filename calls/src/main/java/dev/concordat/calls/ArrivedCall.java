package dev.concordat.calls;

import com.google.protobuf.Message;
import dev.concordat.calls.identity.Peer;
import dev.concordat.contract.Method;
import dev.concordat.core.Context;
import dev.concordat.core.Source;
import java.util.Optional;

/// A call on its way to the handler.
///
/// @param served the method and its implementation
/// @param context what travelled with it
/// @param key the idempotency key as it stood in the header, acceptable or not
/// @param peer who is at the other end of the connection, when that is proven
/// @param request the one message of a method that takes one; empty for a stream
/// @param in the messages of a method that takes a stream; without any for one message
/// @param reply where the answer goes
record ArrivedCall(
    ServedMethod served,
    Context context,
    Optional<String> key,
    Optional<Peer> peer,
    Optional<Message> request,
    Source<Message> in,
    Reply reply) {
  Method<?, ?> method() {
    return served.method();
  }

  ArrivedCall with(Message request) {
    return new ArrivedCall(served, context, key, peer, Optional.of(request), in, reply);
  }

  ArrivedCall with(Context context) {
    return new ArrivedCall(served, context, key, peer, request, in, reply);
  }

  ArrivedCall with(Source<Message> in) {
    return new ArrivedCall(served, context, key, peer, request, in, reply);
  }

  ArrivedCall with(Reply reply) {
    return new ArrivedCall(served, context, key, peer, request, in, reply);
  }
}
