package dev.concordat.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;

/// How many messages go each way.
public enum Shape {
  /// One and one.
  UNARY,
  /// One up, many down.
  SERVER_STREAMING,
  /// Many up, one down.
  CLIENT_STREAMING,
  /// Many and many.
  BIDIRECTIONAL;

  /// The shape of a method.
  public static Shape of(MethodDescriptor method) {
    if (method.isClientStreaming()) {
      return method.isServerStreaming() ? BIDIRECTIONAL : CLIENT_STREAMING;
    }
    return method.isServerStreaming() ? SERVER_STREAMING : UNARY;
  }
}
