package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Empty;
import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.calls.museum.v1.MuseumClient;
import dev.concordat.calls.museum.v1.Piece;
import dev.concordat.calls.museum.v1.SellPieceRequest;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an answer may be, and what is none.
class AnswerReaderTest {
  private static final GetPieceRequest SEVEN = GetPieceRequest.newBuilder().setPieceId("7").build();
  private static final SellPieceRequest SELL =
      SellPieceRequest.newBuilder().setPieceId("7").setPrice(5).build();

  private final Company company = new Company();

  @AfterEach
  void close() {
    company.close();
  }

  private static Failure failureOf(Runnable call) {
    return assertThatExceptionOfType(Failure.class).isThrownBy(call::run).actual();
  }

  @Test
  void createdAcceptedAndNoContentMayGoWithoutABody() {
    for (int status : new int[] {201, 202, 204}) {
      company.script = (asked, wire) -> wire.reply(status, "", "");
      assertThat(company.client().getPiece(SEVEN)).isEqualTo(Piece.getDefaultInstance());
    }
    company.script = (asked, wire) -> wire.reply(200, "", "");
    assertThat(company.client().removePiece(SEVEN)).isEqualTo(Empty.getDefaultInstance());
  }

  @Test
  void okWithoutWhatTheContractPromisesIsNoAnswer() {
    company.script = (asked, wire) -> wire.reply(200, "application/json", "");
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.INTERNAL);
    assertThat(failure.details().reason()).isEqualTo("ANSWER_UNREADABLE");
  }

  @Test
  void pageForPeopleIsNoAnswer() {
    company.script =
        (asked, wire) -> wire.reply(200, "text/html; charset=utf-8", "<html>secret</html>");
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.INTERNAL);
    assertThat(failure.message())
        .isEqualTo("museum answered with text/html, expected JSON")
        .doesNotContain("secret");
  }

  @Test
  void answerThatTheContractDoesNotKnowIsAClearFailure() {
    company.script = (asked, wire) -> wire.json(200, "{\"copiesMade\":\"secret\"}");
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.message())
        .isEqualTo("the answer of museum.v1.Museum/GetPiece is not what its contract says");
    assertThat(company.asked).hasSize(1);
  }

  @Test
  void answerLargerThanTheLimitIsNotHeld() throws Exception {
    company.script =
        (asked, wire) -> {
          wire.begin("application/json");
          while (true) {
            wire.chunk("x".repeat(10_000));
          }
        };
    MuseumClient client = limited();
    Failure failure = failureOf(() -> client.getPiece(SEVEN));
    assertThat(failure.details().reason()).isEqualTo("MESSAGE_TOO_LARGE");
    company.left.await();
  }

  @Test
  void answerThatAnnouncesItsSizeIsRefusedByIt() throws Exception {
    company.script =
        (asked, wire) -> {
          wire.raw("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{");
          wire.awaitGone();
        };
    MuseumClient client = limited();
    assertThat(failureOf(() -> client.getPiece(SEVEN)).message())
        .contains("1,099,511,627,776 bytes");
    company.left.await();
  }

  @Test
  void headersLargerThanTheLimitAreRefused() {
    company.script = (asked, wire) -> wire.json(200, "{}", "X-Much: " + "x".repeat(20_000));
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.message()).contains("headers");
  }

  @Test
  void headersWithoutEndAreCutOff() throws Exception {
    company.script =
        (asked, wire) -> {
          wire.raw("HTTP/1.1 200 OK\r\n");
          while (true) {
            wire.raw("X-Much: " + "x".repeat(10_000) + "\r\n");
          }
        };
    assertThat(failureOf(() -> company.client().getPiece(SEVEN)).code()).isEqualTo(Code.INTERNAL);
    company.left.await();
  }

  @Test
  void compressedAnswerIsRefused() {
    company.script = (asked, wire) -> wire.json(200, "{}", "Content-Encoding: gzip");
    assertThat(failureOf(() -> company.client().getPiece(SEVEN)).details().reason())
        .isEqualTo("ANSWER_COMPRESSED");
  }

  @Test
  void somethingThatIsNoHttpIsRefused() {
    company.script =
        (asked, wire) -> {
          wire.raw("SSH-2.0-OpenSSH_9.2\r\n\r\n");
          wire.close();
        };
    Failure failure = failureOf(() -> company.client().sellPiece(SELL));
    assertThat(failure.code()).isIn(Code.INTERNAL, Code.UNAVAILABLE);
    assertThat(company.asked).hasSize(1);
  }

  @Test
  void signsOfLifeBeforeTheAnswerArePassedOver() {
    company.script =
        (asked, wire) -> {
          wire.raw("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
          wire.json(200, "{\"title\":\"late\"}");
        };
    assertThat(company.client().getPiece(SEVEN).getTitle()).isEqualTo("late");
  }

  @Test
  void redirectIsNotFollowedUnasked() {
    company.script =
        (asked, wire) -> wire.reply(302, "text/html", "moved", "Location: http://evil.invalid/");
    Failure failure = failureOf(() -> company.client().getPiece(SEVEN));
    assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(failure.message()).contains("museum answered 302", "redirects are not followed");
  }

  private MuseumClient limited() {
    return company.client(
        RestOptions.plaintext(),
        options -> options.withLimits(Limits.DEFAULT.withMessageBytes(100_000)));
  }
}
