package dev.concordat.bench.grpc;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import dev.concordat.bench.load.Asking;
import dev.concordat.bench.load.Contender;
import dev.concordat.bench.load.Serving;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// grpc-java with nothing around it: no deadline, no retry, no balancing, no identity, no limits.
public final class GrpcJava implements Contender {
  @Override
  public String name() {
    return "grpc-java";
  }

  @Override
  public Serving serve() throws IOException {
    EchoService echo = new EchoService(TEXT);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(threads)
            .addService(EchoGrpc.bind(echo))
            .build()
            .start();
    return new Serving() {
      @Override
      public int port() {
        return server.getPort();
      }

      @Override
      public long sent() {
        return echo.sent();
      }

      @Override
      public void close() {
        server.shutdownNow();
        threads.close();
      }
    };
  }

  @Override
  public Asking connect(int port) {
    return new Client(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
  }

  private record Client(ManagedChannel channel, EchoGrpc.BlockingStub stub) implements Asking {
    Client(ManagedChannel channel) {
      this(channel, new EchoGrpc.BlockingStub(channel, CallOptions.DEFAULT));
    }

    @Override
    public String echo(String text) {
      return stub.echo(StringValue.of(text)).getValue();
    }

    @Override
    public long stream(long messages) {
      Iterator<StringValue> answers = stub.repeat(Int64Value.of(messages));
      long read = 0;
      for (; answers.hasNext(); read++) {
        answers.next();
      }
      return read;
    }

    @Override
    public AutoCloseable stall() {
      Context.CancellableContext context = Context.ROOT.withCancellation();
      context.run(() -> stub.repeat(Int64Value.of(Long.MAX_VALUE)).next());
      return () -> context.cancel(null);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }
}
