package dev.concordat.shop.paypoint;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.LedgerPage;
import dev.concordat.shop.paypoint.v1.NewCharge;
import dev.concordat.shop.paypoint.v1.Problem;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Answers the payment company's HTTP requests.
///
/// 201 taken · 402 declined · 409 stopped before · 404 no such charge · 400 not understood. All but
/// the last two carry the charge.
final class Counter {
  private static final int MAX_BODY = 64 * 1024;
  private static final int PAGE = 500;

  private final Ledger ledger;
  private final Duration slow;

  Counter(Ledger ledger, Duration slow) {
    this.ledger = ledger;
    this.slow = slow;
  }

  /// Status and body.
  private record Answer(int status, Message body) {
    static Answer of(Charge charge) {
      return switch (charge.getState()) {
        case DECLINED -> new Answer(402, charge);
        case VOIDED, REFUNDED -> new Answer(409, charge);
        case PROCESSING -> new Answer(202, charge);
        case CAPTURED, CHARGE_STATE_UNSPECIFIED, UNRECOGNIZED -> new Answer(201, charge);
      };
    }

    static Answer problem(int status, String error, String message) {
      return new Answer(status, Problem.newBuilder().setError(error).setMessage(message).build());
    }
  }

  void answer(HttpExchange exchange) throws IOException {
    Answer answer = decide(exchange);
    byte[] body =
        JsonFormat.printer()
            .omittingInsignificantWhitespace()
            .print(answer.body())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private Answer decide(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    String asked = exchange.getRequestMethod() + " " + String.join("/", path);
    if (asked.equals("POST /charges")) {
      return charge(exchange);
    }
    if (asked.equals("GET /ledger")) {
      return page(Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    }
    boolean named = path.length >= 3 && path[1].equals("charges") && !path[2].isEmpty();
    if (named && path.length == 3 && exchange.getRequestMethod().equals("GET")) {
      return existing(path[2]);
    }
    if (named && asked.equals("POST /charges/" + path[2] + "/void")) {
      return new Answer(200, ledger.change(path[2], charge -> Bank.stop(charge, path[2])));
    }
    if (named && asked.equals("POST /charges/" + path[2] + "/refund")) {
      return ledger.find(path[2]).isEmpty()
          ? unknown(path[2])
          : new Answer(200, ledger.change(path[2], charge -> Bank.refund(charge.orElseThrow())));
    }
    return Answer.problem(404, "no_such_route", "there is no " + asked);
  }

  private Answer charge(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().getFirst("Idempotency-Key") == null) {
      return Answer.problem(400, "key_missing", "a charge needs an Idempotency-Key");
    }
    NewCharge.Builder body = NewCharge.newBuilder();
    try {
      byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY);
      JsonFormat.parser().merge(new String(bytes, StandardCharsets.UTF_8), body);
    } catch (InvalidProtocolBufferException e) {
      return Answer.problem(400, "not_understood", "the body is no charge");
    }
    NewCharge asked = body.build();
    if (asked.getReference().isEmpty() || asked.getAmount() <= 0 || asked.getToken().isEmpty()) {
      return Answer.problem(400, "incomplete", "a charge has a reference, an amount and a token");
    }
    return settle(asked);
  }

  private Answer settle(NewCharge asked) {
    String reference = asked.getReference();
    ledger.change(reference, charge -> Bank.begin(charge, asked));
    if (Bank.slow(asked)) {
      try {
        ledger.awaitSettled(reference, slow);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Answer.problem(503, "closing", "the company is closing; ask again");
      }
    }
    return Answer.of(ledger.change(reference, charge -> Bank.settle(charge.orElseThrow(), asked)));
  }

  private Answer existing(String reference) {
    return ledger.find(reference).map(charge -> new Answer(200, charge)).orElse(unknown(reference));
  }

  private Answer page(String query) {
    String after =
        query.startsWith("after=")
            ? URLDecoder.decode(query.substring("after=".length()), StandardCharsets.UTF_8)
            : "";
    List<Charge> charges = ledger.after(after, PAGE);
    LedgerPage.Builder page = LedgerPage.newBuilder().addAllCharges(charges);
    if (charges.size() == PAGE) {
      page.setNext(charges.getLast().getReference());
    }
    return new Answer(200, page.build());
  }

  private static Answer unknown(String reference) {
    return Answer.problem(404, "no_such_charge", "there is no charge \"" + reference + "\"");
  }
}
