package dev.concordat.edge;

import dev.concordat.core.Code;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a body within its limits: its type is judged before it comes, its length before and while,
/// and its time.
///
/// Threads: the event loop of the request.
final class BodyReader {
  private final HttpServerRequest request;
  private final Reception reception;
  private final Consumer<Problem> refuse;
  private final int limit;
  private Buffer body = Buffer.buffer();
  private boolean done;
  private long timer = -1;

  BodyReader(HttpServerRequest request, Reception reception, Consumer<Problem> refuse) {
    this.request = request;
    this.reception = reception;
    this.refuse = refuse;
    this.limit = reception.options().limits().bodyBytes();
  }

  void read(Inbound.Addressed addressed, long length, Consumer<byte[]> then) {
    boolean chunked = request.headers().contains("transfer-encoding");
    boolean present = length > 0 || chunked || (length < 0 && !request.isEnded());
    Problem wrong = present ? judge(addressed, length) : null;
    if (wrong != null) {
      finish(() -> refuse.accept(wrong));
      return;
    }
    long patience = reception.options().timeouts().body().toMillis();
    timer = reception.runtime().vertx().setTimer(patience, late -> tooSlow());
    request.exceptionHandler(broken -> finish(() -> refuse.accept(cutShort())));
    request.handler(this::chunk);
    request.endHandler(end -> finish(() -> complete(then)));
    String expect = request.getHeader("expect");
    if (expect != null && expect.equalsIgnoreCase("100-continue")) {
      request.response().writeContinue();
    }
  }

  private @Nullable Problem judge(Inbound.Addressed addressed, long length) {
    String expect = request.getHeader("expect");
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      return Problem.of(
          417, Code.INVALID_ARGUMENT, "EXPECTATION_UNKNOWN", "only 100-continue is understood");
    }
    if (length > limit) {
      return tooLarge();
    }
    boolean declared = length > 0 || request.headers().contains("transfer-encoding");
    if (addressed.route().body() instanceof Route.Body.None) {
      return declared
          ? Problem.of(400, Code.INVALID_ARGUMENT, "BODY_INVALID", "this method takes no body")
          : null;
    }
    String encoding = request.getHeader("content-encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Problem.of(
          415, Code.INVALID_ARGUMENT, "ENCODING_UNKNOWN", "send the body without Content-Encoding");
    }
    String type = request.getHeader("content-type");
    boolean json = type != null && MediaTypes.isJson(type);
    return json || (type == null && !declared) ? null : notJson();
  }

  private void complete(Consumer<byte[]> then) {
    if (body.length() > 0 && request.getHeader("content-type") == null) {
      refuse.accept(notJson());
    } else {
      then.accept(body.getBytes());
    }
  }

  private static Problem notJson() {
    return Problem.of(
        415,
        Code.INVALID_ARGUMENT,
        "CONTENT_TYPE_UNKNOWN",
        "send the body as application/json in UTF-8");
  }

  private void chunk(Buffer chunk) {
    if (done) {
      return;
    }
    if (body.length() + chunk.length() > limit) {
      finish(() -> refuse.accept(tooLarge()));
    } else {
      body.appendBuffer(chunk);
    }
  }

  private void tooSlow() {
    timer = -1;
    finish(() ->
        refuse.accept(
            Problem.of(
                408,
                Code.DEADLINE_EXCEEDED,
                "BODY_TIMEOUT",
                "the body did not come within "
                    + reception.options().timeouts().body().toMillis()
                    + " ms")));
  }

  private Problem tooLarge() {
    return Problem.of(
        413,
        Code.RESOURCE_EXHAUSTED,
        "BODY_TOO_LARGE",
        "the body has more than " + limit + " bytes");
  }

  private static Problem cutShort() {
    return Problem.of(400, Code.CANCELLED, "BODY_CUT_SHORT", "the body did not come to its end");
  }

  private void finish(Runnable last) {
    if (!done) {
      done = true;
      if (timer >= 0) {
        reception.runtime().vertx().cancelTimer(timer);
      }
      last.run();
      body = Buffer.buffer();
    }
  }
}
