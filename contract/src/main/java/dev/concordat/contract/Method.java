package dev.concordat.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;

/// One method of a contract: its name, its messages and its policy. Transports make their own
/// descriptors from it.
///
/// Threads: immutable.
///
/// @param <Q> the request
/// @param <R> the response
public final class Method<Q extends Message, R extends Message> {
  private final MethodDescriptor descriptor;
  private final Q request;
  private final R response;
  private final Shape shape;
  private final CallPolicy policy;
  private final String fullName;
  private final Streaming streaming;

  private Method(MethodDescriptor descriptor, Q request, R response) {
    this.descriptor = descriptor;
    this.request = request;
    this.response = response;
    this.shape = Shape.of(descriptor);
    this.policy = Policies.of(descriptor);
    this.fullName = descriptor.getService().getFullName() + "/" + descriptor.getName();
    this.streaming = Streaming.of(descriptor);
  }

  /// For generated code.
  ///
  /// @param request default instance of the request
  /// @param response default instance of the response
  public static <Q extends Message, R extends Message> Method<Q, R> of(
      MethodDescriptor descriptor, Q request, R response) {
    return new Method<>(descriptor, request, response);
  }

  /// A method without generated classes: its messages are [DynamicMessage]s.
  public static Method<DynamicMessage, DynamicMessage> of(MethodDescriptor descriptor) {
    return of(
        descriptor,
        DynamicMessage.getDefaultInstance(descriptor.getInputType()),
        DynamicMessage.getDefaultInstance(descriptor.getOutputType()));
  }

  /// `shop.orders.v1.Orders`.
  public String service() {
    return descriptor.getService().getFullName();
  }

  /// `PlaceOrder`.
  public String name() {
    return descriptor.getName();
  }

  /// `shop.orders.v1.Orders/PlaceOrder`, as gRPC writes it.
  public String fullName() {
    return fullName;
  }

  /// The owner's name, which is also the name under which it is found.
  public String owner() {
    return Owners.of(descriptor.getFile());
  }

  /// How many messages go each way.
  public Shape shape() {
    return shape;
  }

  /// What the contract says about calling it.
  public CallPolicy policy() {
    return policy;
  }

  /// What the contract says about its streams.
  public Streaming streaming() {
    return streaming;
  }

  /// The default instance of the request.
  public Q request() {
    return request;
  }

  /// The default instance of the response.
  public R response() {
    return response;
  }

  /// The descriptor, with every option.
  public MethodDescriptor descriptor() {
    return descriptor;
  }

  @Override
  public String toString() {
    return fullName();
  }
}
