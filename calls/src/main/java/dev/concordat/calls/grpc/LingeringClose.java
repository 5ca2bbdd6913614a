package dev.concordat.calls.grpc;

import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.socket.DuplexChannel;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Closes a connection for writing first, and altogether once the other end has closed it too, or
/// after a second. Whoever closes at once answers what still arrives, such as a caller's window
/// updates, by a reset; and a reset takes from the caller what has arrived and is not read yet: the
/// end of the call among it.
///
/// Stands nearest to the socket. Source: RFC 9112, 9.6 (Tear-down), where the same is said of
/// HTTP/1.1.
final class LingeringClose extends ChannelDuplexHandler {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private boolean closing;

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (!(context.channel() instanceof DuplexChannel duplex) || !duplex.isActive()) {
      var _ = context.close(promise);
      return;
    }
    var _ = duplex.closeFuture().addListener(_ -> promise.trySuccess());
    if (closing) {
      return;
    }
    closing = true;
    var _ = duplex.shutdownOutput();
    duplex.config().setAutoRead(true);
    var _ = context.read();
    var _ =
        context
            .executor()
            .schedule(
                () -> {
                  var _ = context.close();
                },
                PATIENCE.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /// Nobody is left who would read it.
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }
}
