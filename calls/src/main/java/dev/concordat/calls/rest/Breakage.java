package dev.concordat.calls.rest;

import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;

/// What it means that an exchange broke off.
///
/// Only before the connection stands is it sure that nobody began any work; a request is sent after
/// the TLS handshake, and a server reads none before it.
final class Breakage {
  private static final String NOT_HTTP = "NOT_HTTP";

  private Breakage() {}

  /// Whether the answer could not be parsed.
  static boolean noHttp(Ending ending) {
    return ending.failure() != null && ending.failure().details().reason().equals(NOT_HTTP);
  }

  static Ending of(OutgoingCall call, Throwable thrown) {
    Throwable why = thrown;
    while ((why instanceof CompletionException || why instanceof Arrival.Broken)
        && why.getCause() != null) {
      why = why.getCause();
    }
    String callee = call.method().owner();
    return switch (why) {
      case Failure failure -> new Ending(Reach.HANDLER, failure);
      case ConnectException e -> nobody(callee + " cannot be reached", "UNREACHABLE", e);
      case HttpConnectTimeoutException e ->
          nobody(callee + " cannot be reached in time", "UNREACHABLE", e);
      case SSLHandshakeException e ->
          nobody(callee + " and we do not trust each other's certificates", "TLS_FAILED", e);
      case ProtocolException e ->
          began(Code.INTERNAL, callee + " answered with something that is no HTTP", NOT_HTTP, e);
      case IOException e when retired(e) -> nobody("this connection was retired", "RETIRED", e);
      case IOException e ->
          began(
              Code.UNAVAILABLE,
              "the connection to " + callee + " was lost before the whole answer had come",
              "CONNECTION_LOST",
              e);
      default ->
          began(Code.INTERNAL, call.method() + " failed in the HTTP client", "HTTP_CLIENT", why);
    };
  }

  /// What the JDK says when a request comes after `HttpClient.shutdown`.
  private static boolean retired(IOException e) {
    return e.getClass().equals(IOException.class) && "closed".equals(e.getMessage());
  }

  private static Ending nobody(String message, String reason, Throwable why) {
    return new Ending(Reach.NOWHERE, failure(Code.UNAVAILABLE, message, reason, why));
  }

  private static Ending began(Code code, String message, String reason, Throwable why) {
    return new Ending(Reach.HANDLER, failure(code, message, reason, why));
  }

  private static Failure failure(Code code, String message, String reason, Throwable why) {
    return Failure.of(code, message, why)
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason(reason));
  }
}
