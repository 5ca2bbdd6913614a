package dev.concordat.calls.grpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Closes connections beyond the limit as soon as they are accepted: before TLS, before a byte is
/// read, before there is anything that costs memory. Stands in the listening socket's own pipeline,
/// for which gRPC has no place, so that it brings its event loops with it: one set for all servers
/// of the process, whose threads end with it.
@Sharable
public final class ConnectionDoor extends ChannelInboundHandlerAdapter {
  private final int most;
  private final int mostOfOne;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private final Map<InetAddress, Integer> byPeer = new ConcurrentHashMap<>();

  /// A door that lets in so many at once.
  ///
  /// @param most connections in all
  /// @param mostOfOne connections of one address
  public ConnectionDoor(int most, int mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  /// Stands before this server.
  public void guard(NettyServerBuilder server) {
    server
        .bossEventLoopGroup(Loops.ACCEPTING)
        .workerEventLoopGroup(Loops.WORKING)
        .channelFactory(() -> {
          ServerChannel listening =
              Loops.EPOLL ? new EpollServerSocketChannel() : new NioServerSocketChannel();
          listening.pipeline().addLast(this);
          return listening;
        });
  }

  /// How many are open.
  public int open() {
    return open.get();
  }

  /// How many were closed at once.
  public long refused() {
    return refused.get();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Channel connection) {
      if (!enter(connection)) {
        refused.incrementAndGet();
        connection.unsafe().closeForcibly();
        return;
      }
      connection.pipeline().addFirst(new LingeringClose());
    }
    context.fireChannelRead(message);
  }

  private boolean enter(Channel connection) {
    if (!(connection.remoteAddress() instanceof InetSocketAddress peer)) {
      return true;
    }
    InetAddress address = peer.getAddress();
    int all = open.incrementAndGet();
    int ofOne = byPeer.merge(address, 1, Integer::sum);
    if (all > most || ofOne > mostOfOne) {
      leave(address);
      return false;
    }
    var _ = connection.closeFuture().addListener(closed -> leave(address));
    return true;
  }

  private void leave(InetAddress address) {
    open.decrementAndGet();
    byPeer.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
  }

  /// The event loops of all servers of the process.
  private static final class Loops {
    static final boolean EPOLL = Epoll.isAvailable();
    static final EventLoopGroup ACCEPTING = group("concordat-accept", 1);
    static final EventLoopGroup WORKING =
        group("concordat-io", Runtime.getRuntime().availableProcessors());

    private static EventLoopGroup group(String name, int threads) {
      IoHandlerFactory io = EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
      return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
    }
  }
}
