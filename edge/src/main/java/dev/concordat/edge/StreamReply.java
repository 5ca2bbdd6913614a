package dev.concordat.edge;

import dev.concordat.calls.RawCaller;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Source;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A stream of messages as lines, events or an array. The next message is asked for when the client
/// has taken the one before, so a slow reader slows the service and nothing piles up here.
///
/// Threads: [#stream] on a virtual thread; all writing on the event loop.
final class StreamReply {
  /// A stream that is silent at first shows its head after this time, so that the client knows it
  /// is open. Until then a failure is an ordinary problem with its own status.
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Reception reception;
  private final Outbound.Door door;
  private final Observation observation;
  private final HttpServerResponse response;
  private final String type;
  private final Framing framing;
  private boolean open;
  private boolean first = true;
  private long heartbeat = -1;

  StreamReply(Reception reception, Outbound.Door door, Observation observation, String type) {
    this.reception = reception;
    this.door = door;
    this.observation = observation;
    this.response = door.request().response();
    this.type = type;
    this.framing = Framing.of(type);
  }

  void stream(Route route, RawCaller upstream, byte[] message) {
    var vertx = reception.runtime().vertx();
    long silence =
        vertx.setTimer(SILENCE.toMillis(), late -> door.loop().runOnContext(on -> open()));
    try (Source<byte[]> source = upstream.serverStream(route.method(), message)) {
      Optional<byte[]> next = source.next();
      while (next.isPresent()) {
        byte[] json = json(route, next.get());
        write(() -> framing.record(json, first));
        next = source.next();
      }
      end();
    } catch (Failure e) {
      failed(route, e);
    } finally {
      vertx.cancelTimer(silence);
      door.loop().runOnContext(on -> stopHeartbeat());
    }
  }

  private byte[] json(Route route, byte[] message) {
    Schema response = route.types().response();
    return route
        .answer()
        .map(field -> reception.transcoder().toJson(message, response, field))
        .orElseGet(() -> reception.transcoder().toJson(message, response));
  }

  /// Waits until the client has room for more.
  private void write(Supplier<byte[]> bytes) {
    CompletableFuture<Boolean> room = new CompletableFuture<>();
    Runnable forget =
        door.cancellation()
            .onCancel(() -> room.completeExceptionally(door.cancellation().reason().orElseThrow()));
    door.loop()
        .runOnContext(on -> {
          if (!open()) {
            room.completeExceptionally(Failure.of(Code.CANCELLED, "the client has gone"));
            return;
          }
          response.write(Buffer.buffer(bytes.get()));
          first = false;
          if (response.writeQueueFull()) {
            response.drainHandler(drained -> room.complete(true));
          } else {
            room.complete(true);
          }
        });
    try {
      await(room);
    } finally {
      forget.run();
    }
  }

  private void await(CompletableFuture<Boolean> room) {
    try {
      room.get(reception.options().timeouts().write().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      door.loop().runOnContext(on -> door.request().connection().close());
      throw Failure.of(Code.CANCELLED, "the client does not read its stream", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "the edge is stopping", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Failure failure
          ? failure
          : Failure.of(Code.INTERNAL, "the stream could not be written", e);
    }
  }

  /// On the event loop.
  ///
  /// @return whether the client is there
  private boolean open() {
    if (open) {
      return !response.closed();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    headers.put("Cache-Control", "no-cache");
    if (framing == Framing.EVENTS) {
      headers.put("X-Accel-Buffering", "no");
    }
    if (!door.reply().begin(200, headers, observation)) {
      return false;
    }
    open = true;
    if (door.request().method().equals(HttpMethod.HEAD)) {
      response.end();
      return false;
    }
    response.setChunked(true);
    if (framing.begin().length > 0) {
      response.write(Buffer.buffer(framing.begin()));
    } else {
      response.writeHead();
    }
    if (framing == Framing.EVENTS) {
      long every = reception.options().timeouts().heartbeat().toMillis();
      heartbeat =
          reception
              .runtime()
              .vertx()
              .setPeriodic(every, beat -> door.loop().runOnContext(on -> beat()));
    }
    return true;
  }

  private void beat() {
    if (!response.closed() && !response.ended() && !response.writeQueueFull()) {
      response.write(":\n\n");
    }
  }

  private void end() {
    door.loop()
        .runOnContext(on -> {
          if (open()) {
            response.end(Buffer.buffer(framing.end(false)));
          }
        });
  }

  private void failed(Route route, Failure failure) {
    Problem problem = Outbound.problem(route, failure);
    if (problem.status() >= 500) {
      observation.failed(failure);
    }
    door.loop()
        .runOnContext(on -> {
          if (!open) {
            door.reply().problem(problem, observation);
          } else if (!response.closed() && !response.ended()) {
            byte[] json = problem.json(door.reply().instance(), Reply.traceId(observation));
            Buffer last = Buffer.buffer(framing.error(json, first));
            response.end(last.appendBytes(framing.end(true)));
          }
        });
  }

  private void stopHeartbeat() {
    if (heartbeat >= 0) {
      reception.runtime().vertx().cancelTimer(heartbeat);
    }
  }
}
