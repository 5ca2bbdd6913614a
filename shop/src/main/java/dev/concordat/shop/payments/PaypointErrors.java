package dev.concordat.shop.payments;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.calls.rest.ForeignAnswer;
import dev.concordat.calls.rest.ForeignErrors;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.shop.paypoint.v1.PaypointMethods;
import dev.concordat.shop.paypoint.v1.Problem;
import java.util.Locale;
import java.util.Optional;

/// What the payment company's answers mean that are not 2xx, as its documentation says.
final class PaypointErrors implements ForeignErrors {
  @Override
  public Optional<Meaning> meaning(ForeignAnswer answer) {
    int status = answer.status();
    boolean charge = answer.method().name().equals(PaypointMethods.CREATE_CHARGE.name());
    if (charge && (status == 402 || status == 409)) {
      return Optional.of(new Meaning.Answer());
    }
    boolean busy = status == 429 || status >= 500;
    String word = word(answer.body());
    Failure failure =
        busy
            ? Failure.of(Code.UNAVAILABLE, "the payment company is busy (" + status + ")")
            // Not the shopper's fault: we have asked for something that it does not do.
            : Failure.of(Code.INTERNAL, "the payment company refused the request (" + status + ")");
    return Optional.of(new Meaning.Failed(failure.with(failure.details().withReason(word))));
  }

  private static String word(String body) {
    Problem.Builder problem = Problem.newBuilder();
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(body, problem);
    } catch (InvalidProtocolBufferException e) {
      // Something between us and them has answered; the status says enough.
      return "";
    }
    return problem.getError().toUpperCase(Locale.ROOT);
  }
}
