package dev.concordat.edge;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.stream.Collectors;

/// What types and fields are called in messages to people.
final class Names {
  private static final int SHOWN = 20;

  private Names() {}

  static String of(FieldDescriptor.Type type) {
    return switch (type) {
      case INT32, SINT32, SFIXED32 -> "a whole number (32 bits)";
      case INT64, SINT64, SFIXED64 -> "a whole number (64 bits)";
      case UINT32, FIXED32 -> "a whole number from 0 (32 bits)";
      case UINT64, FIXED64 -> "a whole number from 0 (64 bits)";
      case FLOAT, DOUBLE -> "a number";
      case BOOL -> "true or false";
      case STRING -> "a string";
      case BYTES -> "a string in base64";
      case ENUM -> "the name of an enum value";
      case MESSAGE, GROUP -> "an object";
    };
  }

  /// `; expected one of a, b`; nothing when there are too many.
  static String suggest(Schema type) {
    String names =
        type.fields.stream().map(field -> field.jsonName).collect(Collectors.joining(", "));
    boolean shown = type.fields.size() <= SHOWN && !names.isEmpty();
    return shown ? "; expected one of " + names : "";
  }
}
