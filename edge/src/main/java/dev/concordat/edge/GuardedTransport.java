package dev.concordat.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.spi.transport.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// NIO, with a guard at the door: the only place in Vert.x where a connection can be seen before
/// its first request.
final class GuardedTransport implements Transport, io.vertx.core.transport.Transport {
  private final ConnectionGuard guard;

  GuardedTransport(ConnectionGuard guard) {
    this.guard = guard;
  }

  @Override
  public String name() {
    return "guarded-nio";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public Transport implementation() {
    return this;
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return NioIoHandler.newFactory();
  }

  @Override
  public DatagramChannel datagramChannel() {
    return new NioDatagramChannel();
  }

  @Override
  @SuppressWarnings("deprecation") // The SPI asks for it.
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return new NioDatagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return NioSocketChannel::new;
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return () -> new Door(guard);
  }

  private static final class Door extends NioServerSocketChannel {
    private final ConnectionGuard guard;

    Door(ConnectionGuard guard) {
      this.guard = guard;
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size();
      int read = super.doReadMessages(accepted);
      if (read <= 0) {
        return read;
      }
      List<Object> fresh = accepted.subList(before, accepted.size());
      fresh.removeIf(channel -> !guard.admit((Channel) channel));
      return read;
    }
  }
}
