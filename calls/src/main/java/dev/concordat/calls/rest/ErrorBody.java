package dev.concordat.calls.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The error bodies that many agree on: problem+json, with the members that Concordat's edge adds,
/// and Google's error object, as `google.rpc.Status` over HTTP and grpc-gateway write it.
///
/// Only what is known to be meant for people is taken over: the rest of a stranger's body may hold
/// anything.
///
/// Sources: [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457);
/// [AIP-193](https://google.aip.dev/193).
final class ErrorBody {
  private static final int MESSAGE_CHARS = 1_000;
  private static final int VIOLATIONS = 20;
  private static final int VIOLATION_CHARS = 200;

  private ErrorBody() {}

  /// @param fallback the code by the status, where the body names none
  static Optional<Failure> read(String body, Code fallback) {
    if (!body.stripLeading().startsWith("{")) {
      return Optional.empty();
    }
    Struct.Builder json = Struct.newBuilder();
    try {
      JsonText.check(body);
      JsonFormat.parser().merge(body, json);
    } catch (InvalidProtocolBufferException e) {
      // Some other text that begins with a brace: the status stands without it.
      return Optional.empty();
    }
    return read(json.build(), fallback);
  }

  static Optional<Failure> read(Struct body, Code fallback) {
    Struct error = body.getFieldsOrDefault("error", Value.getDefaultInstance()).getStructValue();
    if (error.containsFields("message")) {
      return Optional.of(google(error, fallback));
    }
    boolean gateway = body.containsFields("message") && number(body, "code") > 0;
    if (gateway) {
      return Optional.of(google(body, fallback));
    }
    boolean problem =
        body.containsFields("detail")
            || (body.containsFields("title") && body.containsFields("status"));
    return problem ? Optional.of(problem(body, fallback)) : Optional.empty();
  }

  private static Failure problem(Struct body, Code fallback) {
    String detail = text(body, "detail");
    Failure.Details details = Failure.Details.NONE.withReason(constant(text(body, "reason")));
    return Failure.of(
            code(text(body, "code"), fallback),
            shown(detail.isEmpty() ? text(body, "title") : detail))
        .with(details.withViolations(violations(list(body, "violations"), "rule")));
  }

  private static Failure google(Struct error, Code fallback) {
    Failure.Details details = Failure.Details.NONE;
    for (Value detail : list(error, "details")) {
      Struct one = detail.getStructValue();
      String type = text(one, "@type");
      if (type.endsWith("/google.rpc.ErrorInfo")) {
        details = details.withReason(constant(text(one, "reason")));
      } else if (type.endsWith("/google.rpc.BadRequest")) {
        details = details.withViolations(violations(list(one, "fieldViolations"), "reason"));
      } else if (type.endsWith("/google.rpc.RetryInfo")) {
        Optional<Duration> wait = seconds(text(one, "retryDelay"));
        details = wait.map(details::withRetryAfter).orElse(details);
      }
    }
    int number = number(error, "code");
    Code numbered = number >= 1 && number <= Code.values().length ? Code.of(number) : fallback;
    return Failure.of(code(text(error, "status"), numbered), shown(text(error, "message")))
        .with(details);
  }

  private static List<Violation> violations(List<Value> from, String rule) {
    List<Violation> violations = new ArrayList<>();
    for (Value value : from.subList(0, Math.min(VIOLATIONS, from.size()))) {
      Struct one = value.getStructValue();
      violations.add(
          new Violation(
              cut(text(one, "field"), VIOLATION_CHARS),
              cut(text(one, rule), VIOLATION_CHARS),
              cut(text(one, "description"), VIOLATION_CHARS)));
    }
    return violations;
  }

  private static Code code(String name, Code fallback) {
    for (Code code : Code.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return fallback;
  }

  private static Optional<Duration> seconds(String text) {
    try {
      return Optional.of(Duration.parse("PT" + text.toUpperCase(Locale.ROOT)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static List<Value> list(Struct in, String name) {
    return in.getFieldsOrDefault(name, Value.getDefaultInstance()).getListValue().getValuesList();
  }

  private static String text(Struct in, String name) {
    return in.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  private static int number(Struct in, String name) {
    return (int) in.getFieldsOrDefault(name, Value.getDefaultInstance()).getNumberValue();
  }

  private static String constant(String reason) {
    return reason.matches("[A-Z][A-Z0-9_]{0,62}") ? reason : "";
  }

  /// A stranger's sentence as ours: bounded, and one line in every log.
  private static String shown(String message) {
    return cut(message.replaceAll("\\p{Cntrl}+", " ").strip(), MESSAGE_CHARS);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
