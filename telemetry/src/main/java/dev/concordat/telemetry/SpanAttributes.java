package dev.concordat.telemetry;

import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Set;

/// Attributes come as text; those that the semantic conventions want as a number become one.
final class SpanAttributes {
  /// The business key that a span is found by.
  static final String KEY = "concordat.key";

  /// Why it failed: a [dev.concordat.core.Code], or the class of the exception.
  static final String ERROR = "error.type";

  private static final Set<String> NUMBERS =
      Set.of(
          "http.response.status_code",
          "http.request.resend_count",
          "http.request.body.size",
          "http.response.body.size",
          "messaging.batch.message_count",
          "messaging.message.body.size",
          "network.peer.port",
          "server.port");
  private static final int LONGEST_NUMBER = 18;

  private SpanAttributes() {}

  static void put(AttributesBuilder builder, String name, String value) {
    if (isNumber(name, value)) {
      builder.put(name, Long.parseLong(value));
    } else {
      builder.put(name, value);
    }
  }

  static boolean isNumber(String name, String value) {
    return NUMBERS.contains(name)
        && !value.isEmpty()
        && value.length() <= LONGEST_NUMBER
        && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
