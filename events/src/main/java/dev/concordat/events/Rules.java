package dev.concordat.events;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPathElement;
import com.google.protobuf.Message;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.List;
import java.util.stream.Collectors;

/// The rules of an event's contract (`buf.validate`), applied before it is told: what is told can
/// no longer be taken back, and every subscriber would have to give up on it.
final class Rules {
  /// Compiles the rules of a type when it first meets it.
  private static final Validator VALIDATOR = ValidatorFactory.newBuilder().build();

  private Rules() {}

  /// Lets pass what keeps the rules.
  ///
  /// @throws Failure with [Code#INVALID_ARGUMENT] and every violation
  static void check(Message event) {
    List<Violation> violations;
    try {
      violations =
          VALIDATOR.validate(event).getViolations().stream()
              .map(found -> violation(found.toProto()))
              .toList();
    } catch (ValidationException e) {
      throw Failure.of(
          Code.INTERNAL,
          "the rules of " + event.getDescriptorForType().getFullName() + " cannot be applied",
          e);
    }
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
  }

  private static Violation violation(build.buf.validate.Violation found) {
    String field =
        found.getField().getElementsList().stream()
            .map(FieldPathElement::getFieldName)
            .collect(Collectors.joining("."));
    return new Violation(field, found.getRuleId(), found.getMessage());
  }
}
