package dev.concordat.calls.rest;

import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Limits;
import dev.concordat.core.TraceContext;
import java.util.Map;
import java.util.TreeMap;

/// The headers that say what of our conversation they are told.
final class Told {
  private final Disclosure disclosure;
  private final ContextCodec codec;

  Told(Disclosure disclosure, Clock clock, Limits limits) {
    this.disclosure = disclosure;
    this.codec = new ContextCodec(clock, limits);
  }

  Map<String, String> of(Context context) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (disclosure.conversation()) {
      codec.write(context.withoutIdempotencyKey(), ContextCodec.carrier(headers));
    }
    if (disclosure.trace()) {
      context
          .trace()
          .map(TraceContext::traceparent)
          .ifPresent(parent -> headers.put(ContextCodec.TRACEPARENT, parent));
    } else {
      headers.remove(ContextCodec.TRACEPARENT);
    }
    if (!disclosure.keyHeader().isEmpty()) {
      context.idempotencyKey().ifPresent(key -> headers.put(disclosure.keyHeader(), key));
    }
    if (!disclosure.timeoutHeader().isEmpty()) {
      context
          .deadline()
          .map(deadline -> Math.max(1, deadline.remaining().toMillis()))
          .ifPresent(left -> headers.put(disclosure.timeoutHeader(), Long.toString(left)));
    }
    return headers;
  }
}
