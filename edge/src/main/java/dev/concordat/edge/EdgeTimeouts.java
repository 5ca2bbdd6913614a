package dev.concordat.edge;

import java.time.Duration;

/// How long the edge waits for the other end of a connection. How long a call may take is not here:
/// the contract says that.
///
/// @param headers from the opening of a connection to its first complete request head; default 10
///   s; then it is closed
/// @param body from the head of a request to the end of its body; default 30 s; then 408
/// @param keepAlive from the end of an answer to the next complete request head; default 60 s; then
///   it is closed
/// @param heartbeat between two signs of life on an open event stream; default 15 s
/// @param write for a client that does not read its stream; default 30 s; then it is cut off
public record EdgeTimeouts(
    Duration headers, Duration body, Duration keepAlive, Duration heartbeat, Duration write) {
  /// The defaults named above.
  public static final EdgeTimeouts DEFAULT =
      new EdgeTimeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30));

  /// The same with another wait for the first request head.
  public EdgeTimeouts withHeaders(Duration headers) {
    return new EdgeTimeouts(headers, body, keepAlive, heartbeat, write);
  }

  /// The same with another wait for a body.
  public EdgeTimeouts withBody(Duration body) {
    return new EdgeTimeouts(headers, body, keepAlive, heartbeat, write);
  }

  /// The same with another wait for the next request.
  public EdgeTimeouts withKeepAlive(Duration keepAlive) {
    return new EdgeTimeouts(headers, body, keepAlive, heartbeat, write);
  }

  /// The same with another beat.
  public EdgeTimeouts withHeartbeat(Duration heartbeat) {
    return new EdgeTimeouts(headers, body, keepAlive, heartbeat, write);
  }

  /// The same with another wait for a reader.
  public EdgeTimeouts withWrite(Duration write) {
    return new EdgeTimeouts(headers, body, keepAlive, heartbeat, write);
  }
}
