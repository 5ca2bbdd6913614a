package dev.concordat.calls.grpc;

import dev.concordat.contract.Method;
import dev.concordat.contract.Safety;
import dev.concordat.contract.Shape;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The contract's methods as gRPC names them.
public final class GrpcMethods {
  private final Map<Method<?, ?>, MethodDescriptor<byte[], byte[]>> made =
      new ConcurrentHashMap<>();

  MethodDescriptor<byte[], byte[]> of(Method<?, ?> method) {
    MethodDescriptor<byte[], byte[]> known = made.get(method);
    return known != null ? known : made.computeIfAbsent(method, m -> make(m).build());
  }

  public static MethodDescriptor.Builder<byte[], byte[]> make(Method<?, ?> method) {
    return MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
        .setFullMethodName(method.fullName())
        .setType(type(method.shape()))
        .setSafe(method.policy().safety() == Safety.SAFE)
        .setIdempotent(method.policy().safety() != Safety.UNSAFE);
  }

  private static MethodType type(Shape shape) {
    return switch (shape) {
      case UNARY -> MethodType.UNARY;
      case SERVER_STREAMING -> MethodType.SERVER_STREAMING;
      case CLIENT_STREAMING -> MethodType.CLIENT_STREAMING;
      case BIDIRECTIONAL -> MethodType.BIDI_STREAMING;
    };
  }
}
