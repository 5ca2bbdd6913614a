package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.Safety;
import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.KeyScope;
import dev.concordat.core.Limits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Sends the idempotency key of this one operation: the one that was set for it, or the one that
/// the scope of the running task, handler or step gives it; see [dev.concordat.core.KeyScope].
///
/// A key is never inherited: the server takes the caller's key out of the context that the handler
/// works in (see [ServerReplay]), so what stands here was set on purpose, by
/// `Context.current().withIdempotencyKey(…)` around one call. Handing an incoming key down would
/// give one name to several operations: two calls of one handler to the same method would get each
/// other's answers.
///
/// Nothing is remembered for safe methods and for streams, so no key is sent with them.
final class ClientKey implements ClientStep {
  private static final int DIGEST_BYTES = 32;

  private final ClientStep next;
  private final Limits limits;

  ClientKey(ClientStep next, Limits limits) {
    this.next = next;
    this.limits = limits;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Context context = call.context();
    if (!remembered(call)) {
      return next.open(
          context.idempotencyKey().isEmpty() ? call : call.with(context.withoutIdempotencyKey()));
    }
    if (context.idempotencyKey().isEmpty()) {
      return next.open(context.keyScope().map(scope -> derived(call, scope)).orElse(call));
    }
    String key = context.idempotencyKey().orElseThrow();
    check(key, limits.keyLength());
    call.trail().key(key);
    return next.open(call);
  }

  private OutgoingCall derived(OutgoingCall call, KeyScope scope) {
    String key = sendable(scope.next(call.method().fullName()), limits.keyLength());
    call.trail().key(key);
    return call.with(call.context().withIdempotencyKey(key));
  }

  /// A name that the wire cannot carry, or that is too long for it, travels as its digest.
  static String sendable(String name, int maxLength) {
    if (name.length() <= maxLength && printable(name)) {
      return name;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      String hex = HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
      return hex.substring(0, Math.min(hex.length(), maxLength));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static boolean remembered(OutgoingCall call) {
    return call.method().shape() == Shape.UNARY && call.method().policy().safety() != Safety.SAFE;
  }

  /// A key that the wire cannot carry is refused here and there: dropped in silence, the call would
  /// run unprotected.
  static void check(String key, int maxLength) {
    boolean printable = printable(key);
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

  private static boolean printable(String key) {
    return key.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }
}
