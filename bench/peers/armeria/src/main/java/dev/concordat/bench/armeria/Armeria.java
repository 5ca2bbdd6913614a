package dev.concordat.bench.armeria;

import com.google.protobuf.StringValue;
import com.linecorp.armeria.client.grpc.GrpcClientStubFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.concordat.bench.grpc.EchoGrpc;
import dev.concordat.bench.grpc.EchoService;
import dev.concordat.bench.load.Asking;
import dev.concordat.bench.load.Contender;
import dev.concordat.bench.load.Serving;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ServiceDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Armeria with its defaults and `useBlockingTaskExecutor(true)`: a response timeout, no retry, no
/// balancing, no identity.
public final class Armeria implements Contender {
  @Override
  public String name() {
    return "armeria";
  }

  @Override
  public Serving serve() {
    Server server =
        Server.builder()
            .port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SessionProtocol.HTTP)
            .service(
                GrpcService.builder()
                    .addService(EchoGrpc.bind(new EchoService(TEXT)))
                    .useBlockingTaskExecutor(true)
                    .build())
            .build();
    server.start().join();
    return new Serving() {
      @Override
      public int port() {
        return server.activeLocalPort();
      }

      @Override
      public void close() {
        server.stop().join();
      }
    };
  }

  @Override
  public Asking connect(int port) {
    EchoGrpc.BlockingStub stub =
        GrpcClients.builder("gproto+http://127.0.0.1:" + port + "/")
            .clientStubFactory(new Stubs())
            .build(EchoGrpc.BlockingStub.class);
    return new Asking() {
      @Override
      public String echo(String text) {
        return stub.echo(StringValue.of(text)).getValue();
      }

      @Override
      public void close() {
        // The connections belong to Armeria's default factory, which ends with the process.
      }
    };
  }

  private static final class Stubs implements GrpcClientStubFactory {
    @Override
    public ServiceDescriptor findServiceDescriptor(Class<?> clientType) {
      return EchoGrpc.DESCRIPTOR;
    }

    @Override
    public Object newClientStub(Class<?> clientType, Channel channel) {
      return new EchoGrpc.BlockingStub(channel, CallOptions.DEFAULT);
    }
  }
}
