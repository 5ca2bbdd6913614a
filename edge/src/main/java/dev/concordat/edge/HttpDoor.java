package dev.concordat.edge;

import dev.concordat.core.Code;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One event loop's server: HTTP/1.1 and, without TLS, HTTP/2 by prior knowledge or upgrade.
final class HttpDoor extends AbstractVerticle {
  private final Reception reception;
  private final int port;
  private final HttpServer server;

  HttpDoor(Reception reception, int port) {
    this.reception = reception;
    this.port = port;
    this.server = reception.runtime().vertx().createHttpServer(options(reception.options()));
  }

  @Override
  public void start(Promise<Void> started) {
    server
        .requestHandler(request -> new Inbound(reception, request).receive())
        .invalidRequestHandler(this::invalid)
        .exceptionHandler(broken -> {})
        .listen(port, reception.options().host())
        .<Void>mapEmpty()
        .onComplete(started);
  }

  int port() {
    return server.actualPort();
  }

  /// No new connections; those that are open end with their last answer.
  void shutdown(long millis) throws InterruptedException, ExecutionException, TimeoutException {
    server
        .shutdown(millis, TimeUnit.MILLISECONDS)
        .toCompletionStage()
        .toCompletableFuture()
        .get(millis + 5_000, TimeUnit.MILLISECONDS);
  }

  private static HttpServerOptions options(EdgeOptions options) {
    EdgeLimits limits = options.limits();
    HttpServerOptions http = new HttpServerOptions();
    http.setHttp2ClearTextEnabled(true)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(limits.streamsPerConnection())
                .setMaxHeaderListSize(limits.headerBytes()))
        .setMaxInitialLineLength(limits.lineBytes())
        .setMaxHeaderSize(limits.headerBytes())
        .setHandle100ContinueAutomatically(false)
        .setDecompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
    // The guard watches idleness by what a connection is doing; Vert.x's timer would cut a quiet
    // stream.
    http.setReuseAddress(true).setTcpNoDelay(true).setIdleTimeout(0);
    return http;
  }

  /// What is no HTTP: answered once, then the connection ends, since nobody knows where the next
  /// request would begin.
  private void invalid(HttpServerRequest request) {
    reception.runtime().guard().begin(request.remoteAddress());
    reception.runtime().guard().last(request.remoteAddress());
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException e -> Strictness.lineTooLong(reception.options().limits());
          case TooLongHttpHeaderException e ->
              Problem.of(
                  431,
                  Code.RESOURCE_EXHAUSTED,
                  "HEADERS_TOO_LARGE",
                  "the headers have more than "
                      + reception.options().limits().headerBytes()
                      + " bytes");
          default ->
              Problem.of(400, Code.INVALID_ARGUMENT, "HTTP_INVALID", "this is not valid HTTP");
        };
    request
        .response()
        .setStatusCode(problem.status())
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .putHeader("Connection", "close")
        .end(Buffer.buffer(problem.json("", "")))
        .onComplete(ended -> request.connection().close());
  }
}
