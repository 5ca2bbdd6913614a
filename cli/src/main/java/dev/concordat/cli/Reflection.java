package dev.concordat.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.contract.Catalog;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Asks running services what they answer to, through gRPC reflection: what is called is what runs,
/// not what this program was built with.
final class Reflection {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Reflection() {}

  /// The contracts of all services at these addresses.
  ///
  /// @throws Failure with `UNAVAILABLE` when one of them does not answer
  static Catalog read(Collection<String> addresses) {
    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    for (String address : addresses) {
      ManagedChannel channel = ManagedChannelBuilder.forTarget(address).usePlaintext().build();
      try {
        read(channel, files);
      } catch (Exception e) {
        throw Failure.of(
            Code.UNAVAILABLE, "the service at " + address + " does not answer: " + e, e);
      } finally {
        channel.shutdownNow();
      }
    }
    return Catalog.read(
        FileDescriptorSet.newBuilder().addAllFile(files.values()).build().toByteString());
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
