package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.rpc.BadRequest;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.PayRequest;
import dev.concordat.calls.probe.v1.PayResponse;
import dev.concordat.calls.probe.v1.ProbeApi;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Callers that are not ours.
class StrangersTest {
  private static final MethodDescriptor<LookRequest, LookResponse> LOOK =
      MethodDescriptor.<LookRequest, LookResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("probe.v1.Probe/Look")
          .setRequestMarshaller(ProtoUtils.marshaller(LookRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(LookResponse.getDefaultInstance()))
          .build();
  private static final MethodDescriptor<LookRequest, LookResponse> HURRY =
      LOOK.toBuilder().setFullMethodName("probe.v1.Probe/Hurry").build();
  private static final MethodDescriptor<PayRequest, PayResponse> PAY =
      MethodDescriptor.<PayRequest, PayResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("probe.v1.Probe/Pay")
          .setRequestMarshaller(ProtoUtils.marshaller(PayRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(PayResponse.getDefaultInstance()))
          .build();

  private static final int STILL_SENT = 10;

  private final Probes probes = new Probes();
  private final Pair pair = Pair.of(probes);
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", pair.server.port()).usePlaintext().build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    pair.close();
  }

  @Test
  void plainGrpcClientIsAnswered() {
    LookResponse answer =
        ClientCalls.blockingUnaryCall(
            channel, LOOK, CallOptions.DEFAULT, LookRequest.newBuilder().setName("x").build());
    assertThat(answer.getText()).isEqualTo("seen x");
  }

  @Test
  void plainGrpcClientWithoutADeadlineIsGivenTheContractsAndToldWhenItPasses() {
    probes.onLook =
        request -> {
          // Plain stubs that a handler uses are bound by it too.
          assertThat(io.grpc.Context.current().getDeadline()).isNotNull();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return LookResponse.getDefaultInstance();
        };
    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel, HURRY, CallOptions.DEFAULT, LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
              assertThat(e.getStatus().getDescription()).contains("deadline passed");
            });
  }

  @Test
  void plainGrpcClientReadsWhichFieldsAreWrong() throws Exception {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER), "k");
    var keyed =
        io.grpc.ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    StatusRuntimeException e =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    keyed, PAY, CallOptions.DEFAULT, PayRequest.getDefaultInstance()));
    var status = StatusProto.fromThrowable(e);
    assertThat(status).isNotNull();
    List<String> fields = new ArrayList<>();
    for (var any : status.getDetailsList()) {
      if (any.is(BadRequest.class)) {
        any.unpack(BadRequest.class)
            .getFieldViolationsList()
            .forEach(violation -> fields.add(violation.getField()));
      }
    }
    assertThat(fields).containsExactlyInAnyOrder("order_id", "amount");
  }

  @Test
  void unknownMethodIsUnimplemented() {
    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel,
                LOOK.toBuilder().setFullMethodName("probe.v1.Probe/Nothing").build(),
                CallOptions.DEFAULT,
                LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  @Test
  void reflectionDescribesTheContract() throws Exception {
    ServerReflectionResponse services =
        reflect(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(services.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "probe.v1.Probe",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
    ServerReflectionResponse file =
        reflect(
            ServerReflectionRequest.newBuilder().setFileContainingSymbol("probe.v1.Probe").build());
    FileDescriptorProto proto =
        FileDescriptorProto.parseFrom(file.getFileDescriptorResponse().getFileDescriptorProto(0));
    assertThat(proto.getService(0).getMethodCount())
        .isEqualTo(ProbeApi.CONTRACT.descriptor().getMethods().size());
  }

  /// A reset would throw away what the caller has not read yet.
  @Test
  void whoStillSendsWhenItsConnectionIsClosedIsNotReset() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), pair.server.port())) {
      socket.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).as("what the server says").isNotEmpty();
      for (int i = 0; i < STILL_SENT; i++) {
        socket.getOutputStream().write(i);
      }
    }
  }

  @Test
  void garbageAndHalfOpenConnectionsDoNoHarm() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    Random random = new Random(7);
    try {
      for (int i = 0; i < 30; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), pair.server.port());
        sockets.add(socket);
        OutputStream out = socket.getOutputStream();
        switch (i % 4) {
          case 0 -> {
            byte[] garbage = new byte[2_000];
            random.nextBytes(garbage);
            out.write(garbage);
          }
          case 1 ->
              out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          case 2 -> out.write("PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII));
          default -> {
            // Says nothing at all.
          }
        }
        out.flush();
      }
      for (int i = 0; i < 100; i++) {
        assertThat(pair.client.look(LookRequest.getDefaultInstance()).getText()).isEqualTo("seen ");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private ServerReflectionResponse reflect(ServerReflectionRequest request) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    var requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable e) {
                    answer.completeExceptionally(e);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(request);
    requests.onCompleted();
    return answer.get();
  }
}
