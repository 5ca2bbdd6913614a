package dev.concordat.edge;

import dev.concordat.core.Code;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;

/// What every request must keep before anything is decided by it: what two parsers could read in
/// two ways is refused, so that nothing slips past a proxy in front.
///
/// Source: RFC 9112 §3.2, §6; RFC 9113 §8.3.
final class Strictness {
  private Strictness() {}

  static Optional<Problem> check(HttpServerRequest request, EdgeLimits limits) {
    MultiMap headers = request.headers();
    if (headers.entries().size() > limits.headerCount()) {
      return Optional.of(
          Problem.of(
              431,
              Code.RESOURCE_EXHAUSTED,
              "HEADERS_TOO_MANY",
              "the request has more than " + limits.headerCount() + " headers"));
    }
    if (request.uri().length() > limits.lineBytes()) {
      return Optional.of(lineTooLong(limits));
    }
    if (headers.entries().stream().anyMatch(header -> header.getKey().isEmpty())) {
      return Optional.of(invalid("HEADER_INVALID", "a header has no name"));
    }
    List<String> encodings = headers.getAll("transfer-encoding");
    boolean chunked = encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
    if (!encodings.isEmpty() && !chunked) {
      return Optional.of(
          invalid("TRANSFER_ENCODING_UNKNOWN", "the only Transfer-Encoding is chunked"));
    }
    return hostIsWrong(request)
        ? Optional.of(invalid("HOST_INVALID", "a request names exactly one host"))
        : Optional.empty();
  }

  static Problem invalid(String reason, String detail) {
    return Problem.of(400, Code.INVALID_ARGUMENT, reason, detail);
  }

  static Problem lineTooLong(EdgeLimits limits) {
    return Problem.of(
        414,
        Code.RESOURCE_EXHAUSTED,
        "LINE_TOO_LONG",
        "the request line has more than " + limits.lineBytes() + " bytes");
  }

  private static boolean hostIsWrong(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll("host");
    if (request.version() == HttpVersion.HTTP_2) {
      // Vert.x takes the first Host for a missing authority and hides the others, so only an
      // authority
      // counts; that a Host beside it says the same, it has checked.
      return request.authority(true) == null || hosts.size() > 1;
    }
    boolean old = request.version() == HttpVersion.HTTP_1_0;
    return hosts.size() > 1
        || (hosts.isEmpty() && !old)
        || (hosts.size() == 1 && !isHost(hosts.getFirst()));
  }

  private static boolean isHost(String host) {
    return !host.isEmpty()
        && host.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || ".-_~:[]%!$&'()*+,;=".indexOf(c) >= 0);
  }
}
