package dev.concordat.calls;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The rules that stand in the contract: `buf.validate` and `google.api.field_behavior = REQUIRED`.
///
/// The rules of all requests are compiled at the start: a rule that does not compile stops the
/// server from starting, and no caller waits for it.
final class Validation {
  private final Validator validator;
  private final RequiredFields required = new RequiredFields();

  Validation(List<Descriptor> requests) {
    try {
      this.validator = ValidatorFactory.newBuilder().buildWithDescriptors(requests, false);
    } catch (CompilationException e) {
      throw new IllegalArgumentException("a buf.validate rule of the contract is wrong", e);
    }
  }

  /// @throws Failure with [Code#INVALID_ARGUMENT] and every violation
  void check(Message message) {
    List<Violation> violations = new ArrayList<>();
    required.check(message, "", violations);
    Set<String> missing =
        violations.stream().map(Violation::field).collect(Collectors.toUnmodifiableSet());
    try {
      validator.validate(message).getViolations().stream()
          .map(found -> violation(found.toProto()))
          .filter(found -> !missing.contains(found.field())) // that it is missing says it all
          .forEach(violations::add);
    } catch (ValidationException e) {
      throw Failure.of(
          Code.INTERNAL,
          "the rules of " + message.getDescriptorForType().getFullName() + " cannot be applied",
          e);
    }
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
  }

  private static Violation violation(build.buf.validate.Violation proto) {
    return new Violation(path(proto.getField()), proto.getRuleId(), proto.getMessage());
  }

  /// `items[2].quantity`, `labels["colour"]`.
  private static String path(FieldPath path) {
    StringBuilder text = new StringBuilder();
    for (FieldPathElement element : path.getElementsList()) {
      text.append(text.isEmpty() ? "" : ".").append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> text.append('[').append(element.getIndex()).append(']');
        case BOOL_KEY -> text.append('[').append(element.getBoolKey()).append(']');
        case INT_KEY -> text.append('[').append(element.getIntKey()).append(']');
        case UINT_KEY ->
            text.append('[').append(Long.toUnsignedString(element.getUintKey())).append(']');
        case STRING_KEY -> text.append("[\"").append(element.getStringKey()).append("\"]");
        case SUBSCRIPT_NOT_SET -> {}
      }
    }
    return text.toString();
  }
}
