package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.calls.museum.v1.MuseumClient;
import dev.concordat.calls.museum.v1.Piece;
import dev.concordat.calls.museum.v1.SellPieceRequest;
import dev.concordat.calls.rest.ForeignErrors.Meaning;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.ManualClock;
import dev.concordat.core.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Answers that are not 2xx.
class ForeignErrorsTest {
  private static final GetPieceRequest SEVEN = GetPieceRequest.newBuilder().setPieceId("7").build();
  private static final SellPieceRequest SELL =
      SellPieceRequest.newBuilder().setPieceId("7").setPrice(5).build();

  private final Company company = new Company();

  @AfterEach
  void close() {
    company.close();
  }

  private Failure failureOf(Runnable call) {
    return assertThatExceptionOfType(Failure.class).isThrownBy(call::run).actual();
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_ARGUMENT",
    "401, UNAUTHENTICATED",
    "402, FAILED_PRECONDITION",
    "403, PERMISSION_DENIED",
    "404, NOT_FOUND",
    "405, UNIMPLEMENTED",
    "406, INTERNAL",
    "408, UNAVAILABLE",
    "409, ABORTED",
    "410, NOT_FOUND",
    "412, FAILED_PRECONDITION",
    "413, INVALID_ARGUMENT",
    "415, INTERNAL",
    "416, OUT_OF_RANGE",
    "418, FAILED_PRECONDITION",
    "422, INVALID_ARGUMENT",
    "429, RESOURCE_EXHAUSTED",
    "500, INTERNAL",
    "501, UNIMPLEMENTED",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE",
    "599, INTERNAL"
  })
  void everyStatusHasACode(int status, Code code) {
    company.script = (asked, wire) -> wire.reply(status, "text/html", "<h1>secret inside</h1>");
    Failure failure = failureOf(() -> company.client().sellPiece(SELL));
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.message()).startsWith("museum answered " + status).doesNotContain("secret");
    assertThat(failure.details().decidedBy()).isEqualTo("callee");
    assertThat(company.asked).hasSize(1);
  }

  @Test
  void problemJsonTellsItsDetailReasonAndViolations() {
    company.script =
        (asked, wire) ->
            wire.reply(
                400,
                "application/problem+json",
                """
                {"type": "urn:concordat:problem:body-invalid", "title": "Bad request", "status": 400,
                 "detail": "items[2].qty: unknown\\r\\nfield", "code": "FAILED_PRECONDITION",
                 "reason": "BODY_INVALID", "violations": [
                   {"field": "items[2].qty", "rule": "json.unknown_field", "description": "unknown"}]}
                """);
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(failure.message()).isEqualTo("items[2].qty: unknown field");
    assertThat(failure.details().reason()).isEqualTo("BODY_INVALID");
    assertThat(failure.details().violations())
        .containsExactly(new Violation("items[2].qty", "json.unknown_field", "unknown"));
  }

  @Test
  void googlesErrorObjectIsUnderstood() {
    company.script =
        (asked, wire) ->
            wire.json(
                429,
                """
                {"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED", "details": [
                  {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT"},
                  {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "30.5s"},
                  {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
                    {"field": "a", "description": "too much", "reason": "MUCH"}]},
                  {"@type": "type.googleapis.com/some.Stranger", "x": 1}]}}
                """);
    Failure failure = failureOf(() -> company.client().sellPiece(SELL));
    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.message()).contains("quota");
    assertThat(failure.details().reason()).isEqualTo("RATE_LIMIT");
    assertThat(failure.details().retryAfter()).contains(Duration.ofMillis(30_500));
    assertThat(failure.details().violations())
        .containsExactly(new Violation("a", "MUCH", "too much"));
  }

  @Test
  void grpcGatewaysErrorIsUnderstood() {
    company.script =
        (asked, wire) -> wire.json(404, "{\"code\": 5, \"message\": \"none\", \"details\": []}");
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(failure.message()).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\": {\"message\": 7}}",
        "{\"error\": \"denied\"}",
        "{\"detail\": [1]}",
        "{\"code\": \"x\", \"message\": \"card 4111\"}",
        "{\"a\":",
        "{{{{",
        "[]",
        "null"
      })
  void bodyThatIsNothingOfTheKindIsNotRepeated(String body) {
    company.script = (asked, wire) -> wire.json(403, body);
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(failure.message()).doesNotContain("4111");
  }

  @Test
  void bottomlessErrorIsNotFollowed() {
    company.script = (asked, wire) -> wire.json(403, "{\"a\":".repeat(500_000));
    assertThat(failureOf(() -> company.client().getPiece(SEVEN)).code())
        .isEqualTo(Code.PERMISSION_DENIED);
  }

  @Test
  void longMessageIsCut() {
    company.script =
        (asked, wire) -> wire.json(403, "{\"detail\": \"" + "x".repeat(50_000) + "\"}");
    assertThat(failureOf(() -> company.client().getPiece(SEVEN)).message()).hasSizeLessThan(1_500);
  }

  @Test
  void timeToComeBackIsSecondsOrADate() {
    ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
    assertThat(HttpCodes.retryAfter("120", clock)).contains(Duration.ofMinutes(2));
    assertThat(HttpCodes.retryAfter("Sun, 01 Mar 2026 10:00:30 GMT", clock))
        .contains(Duration.ofSeconds(30));
    assertThat(HttpCodes.retryAfter("Sun, 01 Mar 2026 09:00:00 GMT", clock))
        .contains(Duration.ZERO);
    assertThat(HttpCodes.retryAfter("9999999999", clock)).contains(Duration.ofDays(1));
    assertThat(HttpCodes.retryAfter("-1", clock)).isEmpty();
    assertThat(HttpCodes.retryAfter("soon", clock)).isEmpty();
    assertThat(HttpCodes.retryAfter("99999999999999999999", clock)).isEmpty();
  }

  @Test
  void safeCallComesBackWhenItWasTold() {
    company.script =
        (asked, wire) -> {
          if (company.asked.size() == 1) {
            wire.json(503, "", "Retry-After: 0");
          } else {
            wire.json(200, "{\"title\":\"Sea\"}");
          }
        };
    assertThat(company.client().getPiece(SEVEN).getTitle()).isEqualTo("Sea");
    assertThat(company.asked).hasSize(2);
  }

  @Test
  void busyIsNoPromiseThatNothingWasBegun() {
    company.script = (asked, wire) -> wire.json(503, "", "Retry-After: 0");
    Failure failure = failureOf(() -> company.client().sellPiece(SELL));
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure.details().retryAfter()).contains(Duration.ZERO);
    assertThat(company.asked).hasSize(1);
  }

  @Test
  void companyThatPromisesThatNothingWasBegunIsAskedAgain() {
    ForeignErrors errors =
        answer ->
            answer.status() == 429
                ? Optional.of(new Meaning.Refused(Failure.of(Code.UNAVAILABLE, "too many at once")))
                : Optional.empty();
    company.script =
        (asked, wire) -> {
          if (company.asked.size() == 1) {
            wire.json(429, "", "Retry-After: 0");
          } else {
            wire.json(200, "{\"title\":\"sold\"}");
          }
        };
    MuseumClient client =
        company.client(RestOptions.plaintext().withErrors(errors), options -> options);
    assertThat(client.sellPiece(SELL).getTitle()).isEqualTo("sold");
    assertThat(company.asked).hasSize(2);
  }

  @Test
  void companysOwnErrorsMeanWhatItSays() {
    ForeignErrors errors =
        answer ->
            switch (answer.status()) {
              case 402 -> Optional.of(new Meaning.Answer());
              case 400 ->
                  Optional.of(
                      new Meaning.Failed(
                          Failure.of(Code.FAILED_PRECONDITION, answer.body())
                              .with(
                                  Failure.Details.NONE.withReason(answer.header("X-Museum-Why")))));
              default -> Optional.empty();
            };
    MuseumClient client =
        company.client(RestOptions.plaintext().withErrors(errors), options -> options);
    company.script = (asked, wire) -> wire.json(402, "{\"title\":\"reserved\"}");
    assertThat(client.sellPiece(SELL)).isEqualTo(Piece.newBuilder().setTitle("reserved").build());
    company.script = (asked, wire) -> wire.reply(400, "text/plain", "closed", "X-Museum-Why: LATE");
    Failure failure = failureOf(() -> client.sellPiece(SELL));
    assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(failure.message()).contains("closed");
    assertThat(failure.details().reason()).isEqualTo("LATE");
    company.script = (asked, wire) -> wire.json(404, "");
    assertThat(failureOf(() -> client.sellPiece(SELL)).code()).isEqualTo(Code.NOT_FOUND);
  }
}
