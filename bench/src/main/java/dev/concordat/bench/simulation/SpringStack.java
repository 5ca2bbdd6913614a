package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.Optional;

/// What is common beside Spring MVC: round robin, and Resilience4j with its defaults. 200 threads,
/// and Tomcat's 8,192 connections and 100 more that wait.
final class SpringStack implements Stack {
  private static final int CONNECTIONS = 8_192 + 100;

  @Override
  public String name() {
    return "round robin, Resilience4j";
  }

  @Override
  public String key() {
    return "resilience4j";
  }

  @Override
  public Manners manners() {
    return new Manners(false, false);
  }

  @Override
  public Door admission(World world, String address) {
    int[] taken = {0};
    return new Door() {
      @Override
      public Optional<Place> admit(Priority priority) {
        if (taken[0] >= CONNECTIONS) {
          return Optional.empty();
        }
        taken[0]++;
        return Optional.of(telling -> taken[0]--);
      }

      @Override
      public Duration comeBack() {
        return Duration.ZERO;
      }
    };
  }

  @Override
  public Service client(World world, String name, Fleet fleet) {
    return new SpringClient(world, name, fleet);
  }

  /// Nobody tells the next one how much time is left.
  @Override
  public long handDown(long deadline) {
    return Long.MAX_VALUE;
  }
}
