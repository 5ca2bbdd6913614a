package dev.concordat.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Counts connections and closes those that hold a place without asking for anything: a head that
/// does not come to its end, a connection that nobody uses. Sits below HTTP, so a client that has
/// not said which HTTP it speaks is watched too.
///
/// Threads: safe for many; a [Watch] belongs to the event loop of its connection.
final class ConnectionGuard {
  private final EdgeLimits limits;
  private final EdgeTimeouts timeouts;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Watch> watches = new ConcurrentHashMap<>();

  ConnectionGuard(EdgeLimits limits, EdgeTimeouts timeouts) {
    this.limits = limits;
    this.timeouts = timeouts;
  }

  int open() {
    return open.get();
  }

  /// Lets a connection in when there is a place.
  ///
  /// @return false when the connection has no place and was closed
  boolean admit(Channel channel) {
    if (open.incrementAndGet() > limits.connections()) {
      open.decrementAndGet();
      // Not yet on an event loop, so it cannot be closed in the ordinary way.
      channel.unsafe().closeForcibly();
      return false;
    }
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    channel.pipeline().addFirst("concordat-guard", new Watch(channel));
    return true;
  }

  /// A request head is complete.
  ///
  /// @return false when the connection is on its end, and the request must not be looked at
  boolean begin(SocketAddress peer) {
    Watch watch = watches.get(key(peer));
    return watch == null || watch.begin();
  }

  /// Its answer has ended.
  void end(SocketAddress peer) {
    Watch watch = watches.get(key(peer));
    if (watch != null) {
      watch.end();
    }
  }

  /// The answer that is about to be written is the connection's last: whatever was sent after the
  /// request is not looked at.
  void last(SocketAddress peer) {
    Watch watch = watches.get(key(peer));
    if (watch != null) {
      watch.last = true;
    }
  }

  private static String key(SocketAddress peer) {
    return peer.hostAddress() + ":" + peer.port();
  }

  private final class Watch extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private int requests;
    private boolean last;
    private String peer = "";
    private @Nullable Future<?> timer;

    Watch(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (channel.remoteAddress() instanceof InetSocketAddress address) {
        peer = address.getAddress().getHostAddress() + ":" + address.getPort();
        watches.put(peer, this);
      }
      closeAfter(timeouts.headers().toNanos());
      context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      watches.remove(peer, this);
      stop();
      context.fireChannelInactive();
    }

    boolean begin() {
      requests++;
      stop();
      return !last;
    }

    void end() {
      if (--requests == 0) {
        closeAfter(timeouts.keepAlive().toNanos());
      }
    }

    private void closeAfter(long nanos) {
      stop();
      timer = channel.eventLoop().schedule(this::close, nanos, TimeUnit.NANOSECONDS);
    }

    private void close() {
      var _ = channel.close();
    }

    private void stop() {
      if (timer != null) {
        timer.cancel(false);
        timer = null;
      }
    }
  }
}
