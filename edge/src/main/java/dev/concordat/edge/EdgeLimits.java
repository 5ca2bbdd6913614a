package dev.concordat.edge;

/// The sizes at which the edge says no.
///
/// @param bodyBytes the largest body of a request, in bytes; default 1 MiB; more is 413
/// @param headerBytes all headers of a request together, in bytes; default 16 KiB; more is 431
/// @param headerCount how many headers a request has; default 100; more is 431
/// @param lineBytes the first line of a request, in bytes; default 8 KiB; more is 414
/// @param connections connections at once; default 10,000; the next one is closed at once
/// @param requests requests at once; default 1,000; the next one is 503
/// @param streamsPerConnection requests at once on one HTTP/2 connection; default 100
public record EdgeLimits(
    int bodyBytes,
    int headerBytes,
    int headerCount,
    int lineBytes,
    int connections,
    int requests,
    int streamsPerConnection) {
  /// The defaults named above.
  public static final EdgeLimits DEFAULT =
      new EdgeLimits(1024 * 1024, 16 * 1024, 100, 8 * 1024, 10_000, 1_000, 100);

  /// Checks that every limit lets something through.
  public EdgeLimits {
    if (Math.min(Math.min(bodyBytes, headerBytes), Math.min(headerCount, lineBytes)) < 1
        || Math.min(Math.min(connections, requests), streamsPerConnection) < 1) {
      throw new IllegalArgumentException("every limit must be at least 1");
    }
  }

  /// The same with another size of bodies, in bytes.
  public EdgeLimits withBodyBytes(int bodyBytes) {
    return new EdgeLimits(
        bodyBytes,
        headerBytes,
        headerCount,
        lineBytes,
        connections,
        requests,
        streamsPerConnection);
  }

  /// The same with another number of connections at once.
  public EdgeLimits withConnections(int connections) {
    return new EdgeLimits(
        bodyBytes,
        headerBytes,
        headerCount,
        lineBytes,
        connections,
        requests,
        streamsPerConnection);
  }

  /// The same with another number of requests at once.
  public EdgeLimits withRequests(int requests) {
    return new EdgeLimits(
        bodyBytes,
        headerBytes,
        headerCount,
        lineBytes,
        connections,
        requests,
        streamsPerConnection);
  }
}
