package dev.concordat.calls.rest;

import dev.concordat.calls.rest.ForeignErrors.Meaning;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import java.util.Optional;

/// An answer that is not 2xx, understood: by the company's own rules, else by what many agree on,
/// else by its status.
///
/// Never [Reach#DOOR] by the status alone: 429 and 503 do not promise that nothing was begun.
///
/// @param failure what the call fails with
/// @param reach how far it came
record Refusal(Failure failure, Reach reach) {
  /// @param own what the company's own rules say it means
  static Refusal of(ForeignAnswer answer, Optional<Meaning> own, Clock clock) {
    if (own.isPresent()) {
      switch (own.get()) {
        case Meaning.Failed(Failure failure) -> {
          return new Refusal(timed(failure, answer, clock), Reach.HANDLER);
        }
        case Meaning.Refused(Failure failure) -> {
          return new Refusal(timed(failure, answer, clock), Reach.DOOR);
        }
        case Meaning.Answer() -> throw new IllegalStateException("an answer is no refusal");
      }
    }
    Code code = HttpCodes.of(answer.status());
    Failure read =
        ErrorBody.read(answer.body(), code).orElseGet(() -> Failure.of(code, plain(answer)));
    return new Refusal(timed(read, answer, clock), Reach.HANDLER);
  }

  /// Nothing of the body: it may hold anything, and an HTML page helps nobody.
  private static String plain(ForeignAnswer answer) {
    String redirected =
        answer.status() >= 300 && answer.status() < 400
            ? "; redirects are not followed unless HttpOptions says so"
            : "";
    return answer.method().owner() + " answered " + answer.status() + redirected;
  }

  private static Failure timed(Failure failure, ForeignAnswer answer, Clock clock) {
    Failure.Details details = failure.details();
    if (details.retryAfter().isEmpty()) {
      details =
          HttpCodes.retryAfter(answer.header("Retry-After"), clock)
              .map(details::withRetryAfter)
              .orElse(details);
    }
    details =
        details.withSettled(
            details.settled() || answer.header(ContextCodec.SETTLED).equals("true"));
    return failure.with(details.decidedBy().isEmpty() ? details.withDecidedBy("callee") : details);
  }
}
