package dev.concordat.calls.rest;

/// What of our conversation goes out of the house.
///
/// @param trace whether `traceparent` does
/// @param keyHeader under which name the idempotency key does; empty for never
/// @param timeoutHeader under which name the time left does, in milliseconds; empty for never
/// @param conversation whether caller, priority, attempt, `tracestate` and baggage do: only to our
///   own
public record Disclosure(
    boolean trace, String keyHeader, String timeoutHeader, boolean conversation) {
  private static final String KEY = "Idempotency-Key";
  private static final String TIMEOUT = "Concordat-Timeout-Ms";

  /// For another company: the place in the trace, the key and the time left. Never who of us asks,
  /// nor baggage.
  public static final Disclosure FOREIGN = new Disclosure(true, KEY, TIMEOUT, false);

  /// For our own services behind REST: everything.
  public static final Disclosure HOUSE = new Disclosure(true, KEY, TIMEOUT, true);

  /// Nothing but the key.
  public static final Disclosure KEY_ONLY = new Disclosure(false, KEY, "", false);

  /// The same with the key under another name; empty for never.
  public Disclosure withKeyHeader(String keyHeader) {
    return new Disclosure(trace, keyHeader, timeoutHeader, conversation);
  }

  /// The same with the time left under another name; empty for never.
  public Disclosure withTimeoutHeader(String timeoutHeader) {
    return new Disclosure(trace, keyHeader, timeoutHeader, conversation);
  }
}
