package dev.concordat.calls.grpc;

import dev.concordat.calls.identity.PeerRefused;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Says in our words why a connection did not come about because of TLS.
final class Handshakes {
  private Handshakes() {}

  /// Empty when it was not TLS.
  static Optional<Failure> failed(String service, @Nullable Throwable cause) {
    Optional<PeerRefused> refused = first(PeerRefused.class, cause);
    if (refused.isPresent()) {
      return Optional.of(
          failure(
              "the instance of " + service + " is not believed: " + refused.get().getMessage(),
              "CERTIFICATE_NOT_TRUSTED",
              cause));
    }
    return first(SSLException.class, cause)
        .map(ssl ->
            failure(
                "no secure connection to "
                    + service
                    + ": it does not believe this caller's certificate, or speaks no TLS ("
                    + ssl.getMessage()
                    + ")",
                "CERTIFICATE_REFUSED",
                ssl));
  }

  private static Failure failure(String message, String reason, @Nullable Throwable cause) {
    Failure failure =
        cause == null
            ? Failure.of(Code.UNAVAILABLE, message)
            : Failure.of(Code.UNAVAILABLE, message, cause);
    return failure.with(Failure.Details.NONE.withDecidedBy("tls").withReason(reason));
  }

  private static <T> Optional<T> first(Class<T> type, @Nullable Throwable from) {
    return Stream.iterate(from, t -> t != null, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
