package dev.concordat.edge;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One field of a message type.
final class SchemaField {
  final FieldDescriptor descriptor;
  final FieldDescriptor.Type type;
  final int number;
  final int index;

  /// Which oneof, or -1.
  final int oneof;

  final boolean repeated;
  final boolean map;
  final boolean presence;
  final String jsonName;

  /// `"quantity":`
  final byte[] jsonKey;

  private final @Nullable Schema message;
  private final Map<String, Integer> enumNumbers = new HashMap<>();
  private final Map<Integer, String> enumNames = new HashMap<>();

  SchemaField(FieldDescriptor descriptor, int index, @Nullable Schema message) {
    this.descriptor = descriptor;
    this.type = descriptor.getType();
    this.number = descriptor.getNumber();
    this.index = index;
    this.message = message;
    var container = descriptor.getRealContainingOneof();
    this.oneof = container == null ? -1 : container.getIndex();
    this.map = descriptor.isMapField();
    this.repeated = descriptor.isRepeated() && !map;
    this.presence = descriptor.hasPresence();
    this.jsonName = descriptor.getJsonName();
    this.jsonKey = ("\"" + jsonName + "\":").getBytes(StandardCharsets.UTF_8);
    if (type == FieldDescriptor.Type.ENUM) {
      EnumDescriptor values = descriptor.getEnumType();
      for (EnumValueDescriptor value : values.getValues()) {
        enumNumbers.put(value.getName(), value.getNumber());
        enumNames.putIfAbsent(value.getNumber(), value.getName());
      }
    }
  }

  Schema message() {
    if (message == null) {
      throw new IllegalStateException(descriptor.getFullName() + " is no message");
    }
    return message;
  }

  boolean isMessage() {
    return message != null;
  }

  /// `google.protobuf.NullValue`, which is JSON's null.
  boolean isNullValue() {
    return type == FieldDescriptor.Type.ENUM
        && descriptor.getEnumType().getFullName().equals("google.protobuf.NullValue");
  }

  /// Whether null is a value of it and not its absence.
  boolean takesNull() {
    return isNullValue() || (message != null && message.wellKnown == WellKnown.VALUE);
  }

  @Nullable Integer enumNumber(String name) {
    return enumNumbers.get(name);
  }

  @Nullable String enumName(int number) {
    return enumNames.get(number);
  }

  List<String> enumValues() {
    return descriptor.getEnumType().getValues().stream().map(EnumValueDescriptor::getName).toList();
  }

  boolean packable() {
    return type != FieldDescriptor.Type.STRING
        && type != FieldDescriptor.Type.BYTES
        && type != FieldDescriptor.Type.MESSAGE;
  }

  int wireType() {
    return switch (type) {
      case DOUBLE, FIXED64, SFIXED64 -> 1;
      case FLOAT, FIXED32, SFIXED32 -> 5;
      case STRING, BYTES, MESSAGE, GROUP -> 2;
      case INT64, UINT64, INT32, BOOL, UINT32, ENUM, SINT32, SINT64 -> 0;
    };
  }
}
