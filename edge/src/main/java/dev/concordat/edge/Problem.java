package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What went wrong, as the outside sees it. Every error of the edge is one, its own included.
///
/// Source: [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
///
/// @param status of HTTP
/// @param code canonical, for example `INVALID_ARGUMENT`
/// @param reason constant that programs can test; empty when there is none
/// @param detail for a person
/// @param violations what is wrong with the request
/// @param headers that belong to it, for example `Retry-After`
record Problem(
    int status,
    Code code,
    String reason,
    String detail,
    List<Violation> violations,
    Map<String, String> headers) {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  Problem {
    violations = List.copyOf(violations);
    headers = Map.copyOf(headers);
  }

  /// One that the edge itself finds.
  static Problem of(int status, Code code, String reason, String detail) {
    return new Problem(status, code, reason, detail, List.of(), Map.of());
  }

  /// A failed call. What a defect would tell about the inside is not passed on.
  static Problem of(Failure failure) {
    var details = failure.details();
    int status = HttpStatus.of(failure);
    Map<String, String> headers = new LinkedHashMap<>();
    if (status == 503 || (status == 429 && details.retryAfter().isPresent())) {
      Duration wait = details.retryAfter().orElse(RETRY_AFTER);
      headers.put("Retry-After", Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }
    if (details.settled()) {
      headers.put(ContextCodec.SETTLED, "true");
    }
    boolean defect =
        switch (failure.code()) {
          case INTERNAL, UNKNOWN, DATA_LOSS -> true;
          default -> false;
        };
    boolean unreached =
        failure.code() == Code.UNAVAILABLE && !details.decidedBy().equals("handler");
    String detail =
        defect
            ? "the service failed; the trace id tells its operators where"
            : unreached ? "the service cannot be reached now; try again" : failure.message();
    return new Problem(
        status, failure.code(), details.reason(), detail, details.violations(), headers);
  }

  /// The same with the fields' names as JSON has them.
  Problem inJson(Schema request) {
    List<Violation> named =
        violations.stream()
            .map(violation ->
                new Violation(
                    FieldPath.inJson(request, violation.field()),
                    violation.rule(),
                    violation.description()))
            .toList();
    return new Problem(status, code, reason, renamed(named), named, headers);
  }

  /// The detail begins with the first field's name, see [Failure#invalid].
  private String renamed(List<Violation> named) {
    String before = violations.isEmpty() ? "" : violations.getFirst().field() + ": ";
    return violations.isEmpty() || !detail.startsWith(before)
        ? detail
        : named.getFirst().field() + ": " + detail.substring(before.length());
  }

  Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, code, reason, detail, violations, more);
  }

  /// @param instance the path of the request
  /// @param traceId empty when there is none
  byte[] json(String instance, String traceId) {
    JsonWriter out = new JsonWriter(256);
    String kind = reason.isEmpty() ? code.name() : reason;
    out.raw('{');
    member(out, "type", "urn:concordat:problem:" + kind.toLowerCase(Locale.ROOT).replace('_', '-'));
    out.raw(',');
    member(out, "title", HttpStatus.title(status));
    out.ascii(",\"status\":" + status + ",");
    member(out, "detail", detail);
    out.raw(',');
    member(out, "instance", instance);
    out.raw(',');
    member(out, "code", code.name());
    if (!reason.isEmpty()) {
      out.raw(',');
      member(out, "reason", reason);
    }
    if (!violations.isEmpty()) {
      violations(out);
    }
    if (!traceId.isEmpty()) {
      out.raw(',');
      member(out, "traceId", traceId);
    }
    out.raw('}');
    return out.toBytes();
  }

  private void violations(JsonWriter out) {
    out.ascii(",\"violations\":[");
    for (int i = 0; i < violations.size(); i++) {
      out.ascii(i == 0 ? "{" : ",{");
      member(out, "field", violations.get(i).field());
      out.raw(',');
      member(out, "rule", violations.get(i).rule());
      out.raw(',');
      member(out, "description", violations.get(i).description());
      out.raw('}');
    }
    out.raw(']');
  }

  private static void member(JsonWriter out, String name, String value) {
    out.quotedAscii(name);
    out.raw(':');
    // A lone surrogate becomes '?': whatever a stranger sent, the answer is UTF-8.
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.string(utf8, 0, utf8.length);
  }
}
