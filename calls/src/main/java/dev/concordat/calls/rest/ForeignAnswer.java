package dev.concordat.calls.rest;

import dev.concordat.contract.Method;
import java.net.http.HttpHeaders;

/// An answer as it came.
///
/// @param method what was asked
/// @param status of HTTP
/// @param headers names without regard to case
/// @param body as text; empty when there was none, when it is no UTF-8 or larger than a message may
///   be
public record ForeignAnswer(Method<?, ?> method, int status, HttpHeaders headers, String body) {
  /// One header's first value; empty when it is missing.
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
