package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

final class Fields {
  private Fields() {}

  static FieldDescriptor named(Descriptor type, String name, String option) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field == null) {
      throw new IllegalArgumentException(
          type.getFullName() + ": " + option + " names no field of it: \"" + name + "\"");
    }
    return field;
  }

  /// Whether its value has one text: floats, bytes and messages have none.
  static boolean isKey(FieldDescriptor field) {
    return !field.isRepeated()
        && switch (field.getJavaType()) {
          case STRING, INT, LONG, BOOLEAN -> true;
          case FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE -> false;
        };
  }
}
