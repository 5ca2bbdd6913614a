package dev.concordat.edge;

import java.util.Map;

/// Message types whose JSON is not an object of their fields.
enum WellKnown {
  NONE,
  TIMESTAMP,
  DURATION,
  FIELD_MASK,
  WRAPPER,
  STRUCT,
  VALUE,
  LIST_VALUE,
  ANY;

  private static final Map<String, WellKnown> BY_NAME =
      Map.of(
          "google.protobuf.Timestamp", TIMESTAMP,
          "google.protobuf.Duration", DURATION,
          "google.protobuf.FieldMask", FIELD_MASK,
          "google.protobuf.Struct", STRUCT,
          "google.protobuf.Value", VALUE,
          "google.protobuf.ListValue", LIST_VALUE,
          "google.protobuf.Any", ANY);

  static WellKnown of(String fullName) {
    boolean wrapper =
        switch (fullName) {
          case "google.protobuf.DoubleValue",
              "google.protobuf.FloatValue",
              "google.protobuf.Int64Value",
              "google.protobuf.UInt64Value",
              "google.protobuf.Int32Value",
              "google.protobuf.UInt32Value",
              "google.protobuf.BoolValue",
              "google.protobuf.StringValue",
              "google.protobuf.BytesValue" ->
              true;
          default -> false;
        };
    return wrapper ? WRAPPER : BY_NAME.getOrDefault(fullName, NONE);
  }

  /// Whether its JSON is one string or number.
  boolean textual() {
    return this == TIMESTAMP || this == DURATION || this == FIELD_MASK || this == WRAPPER;
  }
}
