package dev.concordat.edge;

import dev.concordat.core.Clock;
import dev.concordat.core.Observer;
import java.util.Set;

/// How an edge is run.
///
/// @param host the address to listen on; default `0.0.0.0`
/// @param limits sizes; defaults as in [EdgeLimits]
/// @param timeouts patience; defaults as in [EdgeTimeouts]
/// @param observer sees every request; default nobody
/// @param clock measures deadlines; default the machine's
/// @param trustedPeers IP addresses whose baggage is believed; default none
/// @param eventLoops threads that read and write sockets; default one for each processor
public record EdgeOptions(
    String host,
    EdgeLimits limits,
    EdgeTimeouts timeouts,
    Observer observer,
    Clock clock,
    Set<String> trustedPeers,
    int eventLoops) {
  /// The defaults named above.
  public static final EdgeOptions DEFAULT =
      new EdgeOptions(
          "0.0.0.0",
          EdgeLimits.DEFAULT,
          EdgeTimeouts.DEFAULT,
          Observer.NONE,
          Clock.SYSTEM,
          Set.of(),
          Runtime.getRuntime().availableProcessors());

  /// Copies the set.
  public EdgeOptions {
    trustedPeers = Set.copyOf(trustedPeers);
    if (eventLoops < 1) {
      throw new IllegalArgumentException("an edge needs at least one event loop");
    }
  }

  /// The same on another address.
  public EdgeOptions withHost(String host) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same with other limits.
  public EdgeOptions withLimits(EdgeLimits limits) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same with other timeouts.
  public EdgeOptions withTimeouts(EdgeTimeouts timeouts) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same, watched.
  public EdgeOptions withObserver(Observer observer) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same on another clock.
  public EdgeOptions withClock(Clock clock) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same with other trusted peers.
  public EdgeOptions withTrustedPeers(Set<String> trustedPeers) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }

  /// The same with another number of event loops.
  public EdgeOptions withEventLoops(int eventLoops) {
    return new EdgeOptions(host, limits, timeouts, observer, clock, trustedPeers, eventLoops);
  }
}
