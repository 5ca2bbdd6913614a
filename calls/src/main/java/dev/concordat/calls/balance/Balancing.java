package dev.concordat.calls.balance;

import java.time.Duration;
import java.util.Optional;

/// How calls are spread over the instances of a service.
///
/// Source: Finagle's peak EWMA (decay); Envoy (slow start, overprovisioning, panic threshold).
///
/// @param decay how fast a latency that was seen is forgotten: to a third within this time; default
///   10 s
/// @param slowStart how long an instance that joined later takes to its full share; zero gives it
///   that at once; default 10 s
/// @param zone where the caller runs; instances in the same zone ([dev.concordat.calls.discovery
///   .Endpoint#ZONE]) are preferred; default nowhere, and all zones are alike
/// @param headroom how much more than its share an instance can bear: with 1.4, calls stay in the
///   zone until less than 1/1.4 (71 %) of it does well; default 1.4
/// @param ejectable share of the instances that may be left alone at once for failing; default 0.5
/// @param panic share of the instances that can be asked below which it no longer matters whether
///   they fail; default 0.5
/// @param checkEvery how often every instance is asked for its health (`grpc.health.v1`); zero asks
///   only those that failed, until they are back; default zero
public record Balancing(
    Duration decay,
    Duration slowStart,
    Optional<String> zone,
    double headroom,
    double ejectable,
    double panic,
    Duration checkEvery) {
  /// The defaults named above.
  public static final Balancing DEFAULT =
      new Balancing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Optional.empty(),
          1.4,
          0.5,
          0.5,
          Duration.ZERO);

  /// Checks the bounds.
  public Balancing {
    if (!decay.isPositive() || slowStart.isNegative() || headroom < 1) {
      throw new IllegalArgumentException(
          "balancing needs decay > 0, slowStart >= 0 and headroom >= 1, got %s, %s and %s"
              .formatted(decay, slowStart, headroom));
    }
    if (checkEvery.isNegative()) {
      throw new IllegalArgumentException("checkEvery is not negative, got " + checkEvery);
    }
    if (ejectable < 0 || ejectable > 1 || panic < 0 || panic > 1) {
      throw new IllegalArgumentException(
          "ejectable and panic are shares from 0 to 1, got " + ejectable + " and " + panic);
    }
  }

  /// The same with another memory of latencies.
  public Balancing withDecay(Duration decay) {
    return new Balancing(decay, slowStart, zone, headroom, ejectable, panic, checkEvery);
  }

  /// The same with another slow start.
  public Balancing withSlowStart(Duration slowStart) {
    return new Balancing(decay, slowStart, zone, headroom, ejectable, panic, checkEvery);
  }

  /// The same for a caller in this zone.
  public Balancing withZone(String zone) {
    return new Balancing(
        decay, slowStart, Optional.of(zone), headroom, ejectable, panic, checkEvery);
  }

  /// The same with other headroom.
  public Balancing withHeadroom(double headroom) {
    return new Balancing(decay, slowStart, zone, headroom, ejectable, panic, checkEvery);
  }

  /// The same with other shares of ejected instances.
  public Balancing withEjection(double ejectable, double panic) {
    return new Balancing(decay, slowStart, zone, headroom, ejectable, panic, checkEvery);
  }

  /// The same asking every instance for its health this often.
  public Balancing withCheckEvery(Duration checkEvery) {
    return new Balancing(decay, slowStart, zone, headroom, ejectable, panic, checkEvery);
  }
}
