package dev.concordat.calls;

import dev.concordat.calls.discovery.Resolver;
import dev.concordat.calls.grpc.GrpcTransport;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TokenSource;
import dev.concordat.calls.retry.Retries;
import dev.concordat.calls.wire.Transport;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import dev.concordat.core.Observer;

/// How a service asks others.
///
/// @param asker in whose name; contracts allow callers by it
/// @param resolver finds the instances
/// @param transport what the calls are made on; default gRPC without TLS
/// @param observer sees every attempt; default nobody
/// @param clock measures deadlines; default the machine's
/// @param limits sizes; defaults as in [Limits]
/// @param resilience how it lives with instances that fail; defaults as in [Resilience]
public record CallsOptions(
    Asker asker,
    Resolver resolver,
    Transport transport,
    Observer observer,
    Clock clock,
    Limits limits,
    Resilience resilience) {
  /// The defaults for a caller and a resolver.
  public static CallsOptions of(String caller, Resolver resolver) {
    return new CallsOptions(
        Asker.of(caller),
        resolver,
        GrpcTransport.plaintext(),
        Observer.NONE,
        Clock.SYSTEM,
        Limits.DEFAULT,
        Resilience.DEFAULT);
  }

  /// The owner name of the calling service.
  public String caller() {
    return asker.name();
  }

  /// The same with a token for calls that are made for nobody else.
  public CallsOptions withTokens(TokenSource tokens) {
    return withAsker(asker.withTokens(tokens));
  }

  /// The same in another name, or with other tokens.
  public CallsOptions withAsker(Asker asker) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same with mutual TLS: the caller proves its name, and believes only instances that prove
  /// theirs.
  public CallsOptions withTls(Tls tls) {
    return withTransport(GrpcTransport.tls(tls));
  }

  /// The same on another transport.
  public CallsOptions withTransport(Transport transport) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same, watched.
  public CallsOptions withObserver(Observer observer) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same on another clock.
  public CallsOptions withClock(Clock clock) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same with other limits.
  public CallsOptions withLimits(Limits limits) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same with other care for failing instances.
  public CallsOptions withResilience(Resilience resilience) {
    return new CallsOptions(asker, resolver, transport, observer, clock, limits, resilience);
  }

  /// The same with other retries.
  public CallsOptions withRetries(Retries retries) {
    return withResilience(resilience.withRetries(retries));
  }
}
