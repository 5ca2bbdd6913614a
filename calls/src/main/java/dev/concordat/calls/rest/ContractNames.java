package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wrong with a request, in the contract's names: over HTTP it is told in those of JSON.
final class ContractNames {
  private ContractNames() {}

  static Failure of(Failure failure, Descriptor request) {
    if (failure.details().violations().isEmpty()) {
      return failure;
    }
    List<Violation> named =
        failure.details().violations().stream()
            .map(violation ->
                new Violation(
                    path(violation.field(), request), violation.rule(), violation.description()))
            .toList();
    return failure.with(failure.details().withViolations(named));
  }

  /// `items[2].productId` as `items[2].product_id`; what is not known stays as it is.
  private static String path(String path, Descriptor request) {
    StringBuilder out = new StringBuilder();
    Descriptor in = request;
    for (String part : path.split("\\.", -1)) {
      int index = part.indexOf('[');
      String name = index < 0 ? part : part.substring(0, index);
      FieldDescriptor field = in == null ? null : named(in, name);
      out.append(out.isEmpty() ? "" : ".")
          .append(field == null ? name : field.getName())
          .append(index < 0 ? "" : part.substring(index));
      in = field == null ? null : message(field);
    }
    return out.toString();
  }

  private static @Nullable Descriptor message(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : null;
  }

  private static @Nullable FieldDescriptor named(Descriptor in, String jsonName) {
    return in.getFields().stream()
        .filter(field -> field.getJsonName().equals(jsonName))
        .findFirst()
        .orElse(null);
  }
}
