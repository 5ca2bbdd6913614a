package dev.concordat.calls.rest;

import dev.concordat.core.Context;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Headers of every request: credentials, an API version, a tenant. Asked once for each attempt, on
/// the calling thread; may block to fetch a token.
///
/// Threads: safe for many.
///
/// Failure: what it throws is the call's failure, and nothing was sent. A value that cannot stand
/// in a header is refused, without being named.
@FunctionalInterface
public interface RequestHeaders {
  /// None.
  RequestHeaders NONE = context -> Map.of();

  /// The headers, by name. Those that the transport sets itself (`Content-Type`, `Accept`, the
  /// context's) win over these.
  Map<String, String> of(Context context);

  /// `Authorization: Bearer …` with a token that may change from call to call.
  static RequestHeaders bearer(Supplier<String> token) {
    return context -> Map.of("Authorization", "Bearer " + token.get());
  }

  /// These and others; of the same name the others win.
  default RequestHeaders and(RequestHeaders others) {
    return context -> {
      Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      all.putAll(of(context));
      all.putAll(others.of(context));
      return all;
    };
  }
}
