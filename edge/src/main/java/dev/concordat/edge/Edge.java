package dev.concordat.edge;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.calls.Calls;
import dev.concordat.calls.RawCaller;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import dev.concordat.core.Limits;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The gateway: HTTP/1.1 and HTTP/2 with JSON outside, calls inside. Its routes are the PUBLIC
/// methods of the contracts that have a `google.api.http` rule.
///
/// Threads: [#start], [#drain] and [#close] are called by one thread each, once.
///
/// Failure: routes that contradict each other or their contract are an [IllegalArgumentException]
/// when the edge is made; a port that cannot be had is an [UncheckedIOException] that says which.
public final class Edge implements AutoCloseable {
  private static final Duration LAME_DUCK = Duration.ofMillis(300);
  private static final long START_SECONDS = 30;

  private final EdgeOptions options;
  private final RouteTable routes;
  private final Transcoder transcoder;
  private final Function<String, RawCaller> upstreams;
  private final List<HttpDoor> doors = new ArrayList<>();
  private Reception.@Nullable Running running;

  Edge(List<FileDescriptor> contracts, Function<String, RawCaller> upstreams, EdgeOptions options) {
    this.options = options;
    this.transcoder = new Transcoder(contracts);
    List<Route> all = Routes.of(contracts, transcoder);
    this.routes = new RouteTable(all);
    this.upstreams = upstreams;
    // Looked up and connected to now, not by the first request.
    for (Route route : all) {
      var _ = upstreams.apply(route.method().owner());
    }
  }

  /// An edge for these contracts. Each method is asked of the service that is found under its
  /// owner's name.
  ///
  /// @param contracts files whose services are routed, for example `OrdersProto.getDescriptor()`
  /// @param calls asks the services; stays open when the edge is closed
  public static Edge of(List<FileDescriptor> contracts, Calls calls, EdgeOptions options) {
    Map<String, RawCaller> callers = new ConcurrentHashMap<>();
    return new Edge(contracts, owner -> callers.computeIfAbsent(owner, calls::rawCaller), options);
  }

  /// Opens the port.
  ///
  /// @param port 0 is a free one
  /// @return the port that was opened
  public int start(int port) {
    ConnectionGuard guard = new ConnectionGuard(options.limits(), options.timeouts());
    Vertx vertx = vertx(guard);
    Reception.Running now =
        new Reception.Running(
            vertx, new Background("edge"), guard, new AtomicInteger(), new AtomicBoolean());
    running = now;
    Reception reception =
        new Reception(
            options,
            routes,
            transcoder,
            upstreams,
            new ContextCodec(options.clock(), Limits.DEFAULT),
            now);
    try {
      for (int i = 0; i < options.eventLoops(); i++) {
        open(reception, port);
      }
      return port();
    } catch (UncheckedIOException e) {
      close();
      throw e;
    }
  }

  /// The port that was opened; 0 before.
  public int port() {
    return doors.isEmpty() ? 0 : doors.getFirst().port();
  }

  /// Ends without failing a request: answers say that the connection ends, then no connection is
  /// taken, then what is under way is finished, then everything is closed.
  ///
  /// @param grace how long requests may go on
  /// @return true when all had ended within the grace
  public boolean drain(Duration grace) {
    Reception.Running now = running;
    if (now == null) {
      return true;
    }
    Deadline end = Deadline.after(grace, Clock.SYSTEM);
    now.draining().set(true);
    rest(now, grace.compareTo(LAME_DUCK) < 0 ? grace : LAME_DUCK);
    for (HttpDoor door : doors) {
      try {
        door.shutdown(end.remaining().toMillis());
      } catch (ExecutionException | TimeoutException e) {
        // The close below ends what is left.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    boolean clean = now.background().stop(end.remaining());
    close();
    return clean;
  }

  @Override
  public void close() {
    Reception.Running now = running;
    running = null;
    doors.clear();
    if (now != null) {
      now.background().close();
      now.vertx().close();
    }
  }

  private Vertx vertx(ConnectionGuard guard) {
    VertxOptions vertx =
        new VertxOptions()
            .setEventLoopPoolSize(options.eventLoops())
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    return Vertx.builder().with(vertx).withTransport(new GuardedTransport(guard)).build();
  }

  private int open(Reception reception, int port) {
    // Doors on one negative port share one free port, as those on one positive port share that.
    HttpDoor door = new HttpDoor(reception, port == 0 ? -1 : port);
    try {
      reception
          .runtime()
          .vertx()
          .deployVerticle(door, new DeploymentOptions())
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw cannotOpen(port, e.getCause());
    } catch (TimeoutException e) {
      throw cannotOpen(port, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cannotOpen(port, e);
    }
    doors.add(door);
    return door.port();
  }

  private UncheckedIOException cannotOpen(int port, @Nullable Throwable cause) {
    String where = "port " + port + " of " + options.host();
    String message =
        cause instanceof BindException
            ? where + " is in use: stop what listens there, or choose another port"
            : where + " cannot be opened" + (cause == null ? "" : ": " + cause.getMessage());
    return new UncheckedIOException(new IOException(message, cause));
  }

  /// Lets clients leave by themselves: closing a connection under a client that is about to use it
  /// would fail a request.
  private static void rest(Reception.Running now, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    try {
      while (now.guard().open() > 0 && System.nanoTime() < until) {
        Clock.SYSTEM.sleep(Duration.ofMillis(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
