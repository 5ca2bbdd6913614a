package dev.concordat.calls.rest;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// What HTTP's own words mean to us.
///
/// Sources: RFC 9110 §15 and §10.2.3; `google/rpc/code.proto`; gRPC's `http-grpc-status-mapping.md`
/// for the gateways' 502, 503 and 504.
final class HttpCodes {
  /// Longer waits than a day are as good as none.
  private static final Duration LONGEST = Duration.ofDays(1);

  private HttpCodes() {}

  static Code of(int status) {
    return switch (status) {
      case 400, 411, 413, 414, 422, 431 -> Code.INVALID_ARGUMENT;
      case 401, 407, 511 -> Code.UNAUTHENTICATED;
      case 403, 451 -> Code.PERMISSION_DENIED;
      case 404, 410 -> Code.NOT_FOUND;
      case 405, 501 -> Code.UNIMPLEMENTED;
      // They do not speak as the contract says: nothing that a caller could mend.
      case 406, 415, 417, 426, 505 -> Code.INTERNAL;
      case 408, 425, 502, 503, 504 -> Code.UNAVAILABLE;
      case 409 -> Code.ABORTED;
      case 416 -> Code.OUT_OF_RANGE;
      case 429 -> Code.RESOURCE_EXHAUSTED;
      case 499 -> Code.CANCELLED;
      default -> status >= 500 ? Code.INTERNAL : Code.FAILED_PRECONDITION;
    };
  }

  /// `Retry-After`: seconds, or a date.
  static Optional<Duration> retryAfter(String text, Clock clock) {
    Optional<Duration> wait = Optional.empty();
    if (!text.isEmpty()
        && text.length() <= 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      wait = Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    } else if (!text.isEmpty()) {
      try {
        ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
        wait = Optional.of(Duration.between(clock.now(), date.toInstant()));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return wait.map(HttpCodes::bounded);
  }

  private static Duration bounded(Duration wait) {
    return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
