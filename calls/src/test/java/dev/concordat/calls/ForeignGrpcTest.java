package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.EchoResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.probe.v1.ProbeMethods;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.calls.probe.v1.SumResponse;
import dev.concordat.contract.Method;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// A client and a server of plain grpc-java, in every shape.
class ForeignGrpcTest {
  private static final MethodDescriptor<LookRequest, LookResponse> LOOK =
      method(ProbeMethods.LOOK, MethodType.UNARY);
  private static final MethodDescriptor<CountRequest, CountResponse> COUNT =
      method(ProbeMethods.COUNT, MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<SumRequest, SumResponse> SUM =
      method(ProbeMethods.SUM, MethodType.CLIENT_STREAMING);
  private static final MethodDescriptor<EchoRequest, EchoResponse> ECHO =
      method(ProbeMethods.ECHO, MethodType.BIDI_STREAMING);

  @Test
  void clientIsAnsweredInEveryShape() throws Exception {
    try (Pair pair = Pair.of(new Probes())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", pair.server.port()).usePlaintext().build();
      try {
        assertThat(
                ClientCalls.blockingUnaryCall(
                        channel, LOOK, CallOptions.DEFAULT, LookRequest.getDefaultInstance())
                    .getText())
            .isEqualTo("seen ");
        assertThat(
                ClientCalls.blockingServerStreamingCall(
                    channel,
                    COUNT,
                    CallOptions.DEFAULT,
                    CountRequest.newBuilder().setUntil(3).build()))
            .toIterable()
            .hasSize(3);
        Answers<SumResponse> sum = new Answers<>();
        var up =
            ClientCalls.asyncClientStreamingCall(channel.newCall(SUM, CallOptions.DEFAULT), sum);
        up.onNext(SumRequest.newBuilder().setNumber(3).build());
        up.onNext(SumRequest.newBuilder().setNumber(4).build());
        up.onCompleted();
        assertThat(sum.ended.get()).extracting(SumResponse::getSum).containsExactly(7L);
        Answers<EchoResponse> echoed = new Answers<>();
        var both =
            ClientCalls.asyncBidiStreamingCall(channel.newCall(ECHO, CallOptions.DEFAULT), echoed);
        both.onNext(EchoRequest.newBuilder().setText("a").build());
        both.onCompleted();
        assertThat(echoed.ended.get()).extracting(EchoResponse::getText).containsExactly("a");
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void serverAnswersInEveryShape() throws IOException {
    Server server = NettyServerBuilder.forPort(0).addService(service()).build().start();
    StaticResolver resolver =
        StaticResolver.of("probe", Endpoint.of("127.0.0.1", server.getPort()));
    try (Calls calls = Calls.open("tester", resolver)) {
      ProbeClient client = calls.client(ProbeClient.FACTORY);
      assertThat(client.look(LookRequest.newBuilder().setName("x").build()).getText())
          .isEqualTo("x");
      assertThatThrownBy(() -> client.look(LookRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.NOT_FOUND));
      try (var numbers = client.count(CountRequest.newBuilder().setUntil(3).build())) {
        assertThat(numbers).hasSize(3);
      }
      try (var upload = client.sum()) {
        upload.send(SumRequest.newBuilder().setNumber(3).build());
        assertThat(upload.finish().getSum()).isEqualTo(3);
      }
      try (var exchange = client.echo()) {
        exchange.send(EchoRequest.newBuilder().setText("a").build());
        assertThat(exchange.next().orElseThrow().getText()).isEqualTo("a");
        exchange.finish();
        assertThat(exchange.next()).isEmpty();
      }
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void messagesWithoutGeneratedClassesAreCallsToo() {
    var look = Method.of(ProbeMethods.LOOK.descriptor());
    var name = look.descriptor().getInputType().findFieldByName("name");
    var text = look.descriptor().getOutputType().findFieldByName("text");
    try (Pair pair = Pair.of(new Probes())) {
      DynamicMessage answer =
          pair.calls
              .caller("probe")
              .unary(
                  look,
                  DynamicMessage.newBuilder(look.descriptor().getInputType())
                      .setField(name, "x")
                      .build());
      assertThat(answer.getField(text)).isEqualTo("seen x");
    }
  }

  private static ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("probe.v1.Probe")
        .addMethod(LOOK, ServerCalls.asyncUnaryCall(ForeignGrpcTest::look))
        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(ForeignGrpcTest::count))
        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(ForeignGrpcTest::sum))
        .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(ForeignGrpcTest::echo))
        .build();
  }

  private static void look(LookRequest request, StreamObserver<LookResponse> out) {
    if (request.getName().isEmpty()) {
      out.onError(Status.NOT_FOUND.asRuntimeException());
      return;
    }
    out.onNext(LookResponse.newBuilder().setText(request.getName()).build());
    out.onCompleted();
  }

  private static void count(CountRequest request, StreamObserver<CountResponse> out) {
    for (long i = 1; i <= request.getUntil(); i++) {
      out.onNext(CountResponse.newBuilder().setNumber(i).build());
    }
    out.onCompleted();
  }

  private static StreamObserver<SumRequest> sum(StreamObserver<SumResponse> out) {
    return new StreamObserver<>() {
      private long sum;

      @Override
      public void onNext(SumRequest request) {
        sum += request.getNumber();
      }

      @Override
      public void onError(Throwable e) {}

      @Override
      public void onCompleted() {
        out.onNext(SumResponse.newBuilder().setSum(sum).build());
        out.onCompleted();
      }
    };
  }

  private static StreamObserver<EchoRequest> echo(StreamObserver<EchoResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(EchoRequest request) {
        out.onNext(EchoResponse.newBuilder().setText(request.getText()).build());
      }

      @Override
      public void onError(Throwable e) {}

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }

  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
      Method<Q, R> method, MethodType type) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(type)
        .setFullMethodName(method.fullName())
        .setRequestMarshaller(ProtoUtils.marshaller(method.request()))
        .setResponseMarshaller(ProtoUtils.marshaller(method.response()))
        .build();
  }

  /// What came back, once all of it has.
  private static final class Answers<T> implements StreamObserver<T> {
    private final List<T> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<List<T>> ended = new CompletableFuture<>();

    @Override
    public void onNext(T message) {
      seen.add(message);
    }

    @Override
    public void onError(Throwable e) {
      ended.completeExceptionally(e);
    }

    @Override
    public void onCompleted() {
      ended.complete(seen);
    }
  }
}
