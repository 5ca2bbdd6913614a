package dev.concordat.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.calls.identity.Tls;
import dev.concordat.contract.Catalog;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Asks running services what they answer to, through gRPC reflection: what is called is what runs,
/// not what this program was built with.
final class Reflection {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Reflection() {}

  /// The contracts of all services.
  ///
  /// @param addresses name to `host:port`
  ///
  /// @throws Failure with `UNAVAILABLE` when one of them does not answer
  static Catalog read(Map<String, String> addresses, Tls tls) {
    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    addresses.forEach((service, address) -> {
      ManagedChannel channel = Grpc.newChannelBuilder(address, believing(service, tls)).build();
      try {
        read(channel, files);
      } catch (Exception e) {
        throw Failure.of(
            Code.UNAVAILABLE, "the service at " + address + " does not answer: " + e, e);
      } finally {
        channel.shutdownNow();
      }
    });
    return Catalog.read(
        FileDescriptorSet.newBuilder().addAllFile(files.values()).build().toByteString());
  }

  private static ChannelCredentials believing(String service, Tls tls) {
    return TlsChannelCredentials.newBuilder()
        .keyManager(tls.keys())
        .trustManager(tls.instancesOf(service))
        .build();
  }

  private static void read(ManagedChannel channel, Map<String, FileDescriptorProto> files)
      throws Exception {
    var call =
        ServerReflectionGrpc.newBlockingV2Stub(channel)
            .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .serverReflectionInfo();
    List<String> services =
        ask(call, ServerReflectionRequest.newBuilder().setListServices("").build())
            .getListServicesResponse()
            .getServiceList()
            .stream()
            .map(ServiceResponse::getName)
            .filter(name -> !name.startsWith("grpc."))
            .toList();
    for (String service : services) {
      var answer =
          ask(call, ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build());
      for (ByteString file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
        FileDescriptorProto parsed = FileDescriptorProto.parseFrom(file);
        files.putIfAbsent(parsed.getName(), parsed);
      }
    }
    call.halfClose();
  }

  private static ServerReflectionResponse ask(
      BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> call,
      ServerReflectionRequest request)
      throws Exception {
    call.write(request);
    ServerReflectionResponse response = call.read();
    if (response == null || response.hasErrorResponse()) {
      throw new InvalidProtocolBufferException("reflection refused " + request);
    }
    return response;
  }
}
