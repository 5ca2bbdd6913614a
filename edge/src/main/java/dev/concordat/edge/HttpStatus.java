package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;

/// Which status of HTTP a failure is: as grpc-gateway has it, but for a key that was used for
/// another request.
final class HttpStatus {
  static final String KEY_REUSED = "IDEMPOTENCY_KEY_REUSED";

  private HttpStatus() {}

  static int of(Failure failure) {
    return failure.details().reason().equals(KEY_REUSED) ? 422 : of(failure.code());
  }

  static int of(Code code) {
    return switch (code) {
      case CANCELLED -> 499;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
    };
  }

  static String title(int status) {
    return switch (status) {
      case 400 -> "Bad request";
      case 401 -> "Not authenticated";
      case 403 -> "Not allowed";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 406 -> "Not acceptable";
      case 408 -> "Request timeout";
      case 409 -> "Conflict";
      case 413 -> "Body too large";
      case 414 -> "Request line too long";
      case 415 -> "Unsupported media type";
      case 417 -> "Expectation failed";
      case 422 -> "Unprocessable";
      case 429 -> "Too many requests";
      case 431 -> "Headers too large";
      case 499 -> "Client closed the request";
      case 500 -> "Internal error";
      case 501 -> "Not implemented";
      case 503 -> "Unavailable";
      case 504 -> "Deadline exceeded";
      case 505 -> "HTTP version not supported";
      default -> "Error";
    };
  }
}
