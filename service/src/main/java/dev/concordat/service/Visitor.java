package dev.concordat.service;

import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Discovery;
import dev.concordat.core.Observer;
import dev.concordat.telemetry.Telemetry;
import dev.concordat.telemetry.TelemetryOptions;
import java.time.Duration;

/// A part that asks services and is none itself: the edge, or a tool. It finds them as services do,
/// and its spans stand in the same traces.
///
/// Threads: safe for many.
public final class Visitor implements AutoCloseable {
  private final Closing closing;
  private final Telemetry telemetry;
  private final Calls calls;

  Visitor(String name, Environment environment) {
    this.closing = new Closing(name);
    try {
      Backbone backbone = closing.opened("backbone", Backbone.open(environment.databases()));
      this.telemetry =
          closing.opened(
              "telemetry",
              Telemetry.open(
                  TelemetryOptions.fromEnvironment(name, System.getenv()), backbone.spans()));
      Discovery discovery =
          closing.opened(
              "discovery", Discovery.of(environment.neighbours().discovery(), backbone::registry));
      Passport passport =
          closing.opened(
              "passport", Passport.open(environment.identity(), environment.clock(), telemetry));
      this.calls =
          closing.opened(
              "calls",
              Calls.open(
                  passport.shownBy(
                      CallsOptions.of(name, discovery.resolver())
                          .withObserver(telemetry)
                          .withClock(environment.clock()))));
    } catch (RuntimeException e) {
      closing.end(Duration.ZERO);
      throw e;
    }
  }

  /// Asks services.
  public Calls calls() {
    return calls;
  }

  /// Who watches.
  public Observer observer() {
    return telemetry;
  }

  /// Ends calls under way, sends the last spans and gives everything back.
  @Override
  public void close() {
    closing.end(Duration.ZERO);
  }
}
