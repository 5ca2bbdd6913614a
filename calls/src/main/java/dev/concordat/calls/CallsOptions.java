package dev.concordat.calls;

import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import dev.concordat.core.Observer;
import java.util.random.RandomGenerator;

/// How a service asks others.
///
/// @param caller the owner name that the calls are made in, for example `orders`; contracts allow
///   callers by it
/// @param resolver finds the instances
/// @param observer sees every attempt; default nobody
/// @param clock measures deadlines; default the machine's
/// @param limits sizes; defaults as in [Limits]
/// @param retries how failed calls are tried again; defaults as in [Retries]
/// @param random spreads retries and picks; default the thread's
public record CallsOptions(
    String caller,
    Resolver resolver,
    Observer observer,
    Clock clock,
    Limits limits,
    Retries retries,
    RandomGenerator random) {
  /// The defaults for a caller and a resolver.
  public static CallsOptions of(String caller, Resolver resolver) {
    return new CallsOptions(
        caller,
        resolver,
        Observer.NONE,
        Clock.SYSTEM,
        Limits.DEFAULT,
        Retries.DEFAULT,
        new ThreadsRandom());
  }

  /// The same, watched.
  public CallsOptions withObserver(Observer observer) {
    return new CallsOptions(caller, resolver, observer, clock, limits, retries, random);
  }

  /// The same on another clock.
  public CallsOptions withClock(Clock clock) {
    return new CallsOptions(caller, resolver, observer, clock, limits, retries, random);
  }

  /// The same with other limits.
  public CallsOptions withLimits(Limits limits) {
    return new CallsOptions(caller, resolver, observer, clock, limits, retries, random);
  }

  /// The same with other retries.
  public CallsOptions withRetries(Retries retries) {
    return new CallsOptions(caller, resolver, observer, clock, limits, retries, random);
  }

  /// The same with another source of randomness; safe for many threads.
  public CallsOptions withRandom(RandomGenerator random) {
    return new CallsOptions(caller, resolver, observer, clock, limits, retries, random);
  }
}
