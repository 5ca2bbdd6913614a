package dev.concordat.edge;

import dev.concordat.contract.CallPolicy;
import dev.concordat.core.Bearer;
import dev.concordat.core.Carrier;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import dev.concordat.core.Limits;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a client's headers say about the conversation. A stranger may continue a trace, ask for
/// less time and name its operation; caller, priority and attempt are the inside's own, and baggage
/// is believed of trusted peers only.
///
/// Failure: a header that is ours and malformed is [Refused], with its name.
final class RequestHeaders {
  static final String TIMEOUT = "concordat-timeout-ms";
  private static final Set<String> BELIEVED =
      Set.of(ContextCodec.TRACEPARENT, ContextCodec.TRACESTATE);

  private static final String SCHEME = "Bearer ";
  private static final int LONGEST_TOKEN = 8 * 1024;

  private final MultiMap headers;

  RequestHeaders(MultiMap headers) {
    this.headers = headers;
  }

  /// The context in which the request arrives.
  Context context(ContextCodec codec, boolean trusted) {
    return codec.read(
        new Carrier() {
          @Override
          public Optional<String> get(String name) {
            boolean believed =
                BELIEVED.contains(name) || (trusted && name.equals(ContextCodec.BAGGAGE));
            return believed ? Optional.ofNullable(headers.get(name)) : Optional.empty();
          }

          @Override
          public void set(String name, String value) {
            throw new UnsupportedOperationException("a request is only read");
          }
        });
  }

  /// The contract's deadline, or the client's within the contract's bounds.
  Deadline deadline(CallPolicy policy, EdgeOptions options) {
    Duration asked = policy.deadline();
    List<String> ours = headers.getAll(TIMEOUT);
    List<String> grpc = headers.getAll(ContextCodec.TIMEOUT);
    if (!ours.isEmpty()) {
      asked = millis(ours);
    } else if (!grpc.isEmpty()) {
      asked =
          ContextCodec.parseTimeout(grpc.getFirst())
              .orElseThrow(() ->
                  Refused.header(
                      "grpc-timeout", "TIMEOUT_INVALID", "expected a time such as 1500m"));
    }
    Duration most = policy.maxDeadline();
    return Deadline.after(asked.compareTo(most) > 0 ? most : asked, options.clock());
  }

  /// The name of the operation; quoted as the draft says, or bare.
  Optional<String> idempotencyKey(CallPolicy policy) {
    List<String> given = headers.getAll("idempotency-key");
    if (given.isEmpty()) {
      if (policy.keyRequired()) {
        throw Refused.header(
            "Idempotency-Key",
            "IDEMPOTENCY_KEY_MISSING",
            "this method needs the header Idempotency-Key: a value of your own, the same when you"
                + " try again");
      }
      return Optional.empty();
    }
    String value = given.getFirst().strip();
    if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
      value = value.substring(1, value.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
    }
    boolean printable = value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    if (given.size() > 1
        || value.isBlank()
        || !printable
        || value.length() > Limits.DEFAULT.keyLength()) {
      throw Refused.header(
          "Idempotency-Key",
          "IDEMPOTENCY_KEY_INVALID",
          "expected one value of 1 to "
              + Limits.DEFAULT.keyLength()
              + " printable ASCII characters");
    }
    return Optional.of(value);
  }

  /// The user's token, for the service that answers: it verifies it, the edge does not. A header
  /// that is no token, or there twice, is nobody's.
  Optional<Bearer> bearer() {
    List<String> given = headers.getAll("authorization");
    String value = given.size() == 1 ? given.getFirst() : "";
    boolean token =
        value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && value.length() <= LONGEST_TOKEN
            && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    return token
        ? Optional.of(Bearer.of(value.substring(SCHEME.length()).strip()))
        : Optional.empty();
  }

  /// The declared length of the body; -1 when it is not declared.
  long contentLength() {
    String length = headers.get("content-length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw Refused.header("Content-Length", "CONTENT_LENGTH_INVALID", "expected a number");
    }
  }

  private static Duration millis(List<String> values) {
    String value = values.getFirst();
    boolean number =
        values.size() == 1
            && !value.isEmpty()
            && value.length() <= 12
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || Long.parseLong(value) == 0) {
      throw Refused.header(
          "Concordat-Timeout-Ms",
          "TIMEOUT_INVALID",
          "expected milliseconds, a whole number from 1");
    }
    return Duration.ofMillis(Long.parseLong(value));
  }
}
