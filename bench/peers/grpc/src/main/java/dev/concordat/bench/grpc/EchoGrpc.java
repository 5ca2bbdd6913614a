package dev.concordat.bench.grpc;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;

/// What grpc-java's generator makes of a service with one call and one stream. Written by hand,
/// word for word what is generated, so that the build needs no second generator.
public final class EchoGrpc {
  private static final String SERVICE = "bench.v1.Echo";

  /// One call.
  public static final MethodDescriptor<StringValue, StringValue> ECHO =
      MethodDescriptor.<StringValue, StringValue>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Echo"))
          .setSampledToLocalTracing(true)
          .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  /// One stream.
  public static final MethodDescriptor<Int64Value, StringValue> REPEAT =
      MethodDescriptor.<Int64Value, StringValue>newBuilder()
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Repeat"))
          .setSampledToLocalTracing(true)
          .setRequestMarshaller(ProtoUtils.marshaller(Int64Value.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  /// Both.
  public static final ServiceDescriptor DESCRIPTOR =
      ServiceDescriptor.newBuilder(SERVICE).addMethod(ECHO).addMethod(REPEAT).build();

  private EchoGrpc() {}

  /// What a service implements.
  public interface Service {
    void echo(StringValue request, StreamObserver<StringValue> answer);

    void repeat(Int64Value request, ServerCallStreamObserver<StringValue> answers);
  }

  /// The implementation, as a server takes it.
  public static ServerServiceDefinition bind(Service service) {
    return ServerServiceDefinition.builder(DESCRIPTOR)
        .addMethod(ECHO, ServerCalls.asyncUnaryCall(service::echo))
        .addMethod(
            REPEAT,
            ServerCalls.asyncServerStreamingCall((request, answers) ->
                service.repeat(request, (ServerCallStreamObserver<StringValue>) answers)))
        .build();
  }

  /// What a client calls.
  public static final class BlockingStub extends AbstractBlockingStub<BlockingStub> {
    public BlockingStub(Channel channel, CallOptions options) {
      super(channel, options);
    }

    @Override
    protected BlockingStub build(Channel channel, CallOptions options) {
      return new BlockingStub(channel, options);
    }

    public StringValue echo(StringValue request) {
      return ClientCalls.blockingUnaryCall(getChannel(), ECHO, getCallOptions(), request);
    }

    public Iterator<StringValue> repeat(Int64Value request) {
      return ClientCalls.blockingServerStreamingCall(
          getChannel(), REPEAT, getCallOptions(), request);
    }
  }
}
