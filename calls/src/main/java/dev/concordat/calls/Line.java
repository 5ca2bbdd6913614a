package dev.concordat.calls;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// The connection to one instance, and how that one is doing.
final class Line {
  /// How long an instance that could not be reached is left alone while there are others.
  static final Duration PENALTY = Duration.ofMillis(500);

  private final Endpoint endpoint;
  private final Connection connection;
  private final Clock clock;
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile boolean broken;
  private long brokenAt;

  Line(Endpoint endpoint, Connection connection, Clock clock) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.clock = clock;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Connection connection() {
    return connection;
  }

  int outstanding() {
    return outstanding.get();
  }

  /// Whether it could not be reached a moment ago.
  boolean penalised() {
    return broken && stillBroken();
  }

  /// Begins one attempt.
  ///
  /// @param nobodyThere told when the instance could not be reached
  OngoingCall open(OutgoingCall call, Runnable nobodyThere) {
    outstanding.incrementAndGet();
    try {
      return connection.open(
          call,
          ending -> {
            outstanding.decrementAndGet();
            if (ending.nobodyThere()) {
              broke();
              nobodyThere.run();
            }
          });
    } catch (RuntimeException e) {
      outstanding.decrementAndGet();
      throw e;
    }
  }

  private synchronized void broke() {
    broken = true;
    brokenAt = clock.nanos();
  }

  private synchronized boolean stillBroken() {
    broken = broken && clock.nanos() - brokenAt < PENALTY.toNanos();
    return broken;
  }
}
