package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.Safety;
import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;

/// Sends the idempotency key that was set for this one operation.
///
/// A key is never inherited: the server takes the caller's key out of the context that the handler
/// works in (see [ServerReplay]), so what stands here was set on purpose, by
/// `Context.current().withIdempotencyKey(…)` around one call. Handing an incoming key down would
/// give one name to several operations: two calls of one handler to the same method would get each
/// other's answers.
///
/// Nothing is remembered for safe methods and for streams, so no key is sent with them.
final class ClientKey implements ClientStep {
  private final ClientStep next;
  private final Limits limits;

  ClientKey(ClientStep next, Limits limits) {
    this.next = next;
    this.limits = limits;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Context context = call.context();
    if (context.idempotencyKey().isEmpty()) {
      return next.open(call);
    }
    if (!remembered(call)) {
      return next.open(call.with(context.withoutIdempotencyKey()));
    }
    String key = context.idempotencyKey().orElseThrow();
    check(key, limits.keyLength());
    call.trail().key(key);
    return next.open(call);
  }

  private static boolean remembered(OutgoingCall call) {
    return call.method().shape() == Shape.UNARY && call.method().policy().safety() != Safety.SAFE;
  }

  /// A key that the wire cannot carry is refused here and there: dropped in silence, the call would
  /// run unprotected.
  static void check(String key, int maxLength) {
    boolean printable = key.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (key.isBlank() || key.length() > maxLength || !printable) {
      throw Failure.of(
              Code.INVALID_ARGUMENT,
              "an idempotency key has 1 to "
                  + maxLength
                  + " printable ASCII characters, this one has "
                  + key.length()
                  + (printable ? "" : ", some of another kind"))
          .with(
              Failure.Details.NONE
                  .withDecidedBy("idempotency")
                  .withReason("IDEMPOTENCY_KEY_INVALID"));
    }
  }
}
