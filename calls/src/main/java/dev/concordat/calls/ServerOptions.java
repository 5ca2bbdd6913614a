package dev.concordat.calls;

import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TokenVerifier;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import dev.concordat.core.Observer;
import java.util.Optional;

/// How a service answers.
///
/// @param service the owner's name, under which it is found, for example `orders`
/// @param listen where it listens; default a free port of `127.0.0.1`
/// @param limits sizes and calls at once; defaults as in [Limits]
/// @param observer sees every call; default nobody
/// @param clock measures deadlines; default the machine's
/// @param idempotency remembers answers by idempotency key; without one, a contract that requires
///   keys is refused at the start
/// @param protection admission, connections, idle streams; defaults as in [Protection]
public record ServerOptions(
    String service,
    Listen listen,
    Limits limits,
    Observer observer,
    Clock clock,
    Optional<IdempotencyStore> idempotency,
    Protection protection) {
  /// The defaults for a service.
  public static ServerOptions of(String service) {
    return new ServerOptions(
        service,
        Listen.LOCAL,
        Limits.DEFAULT,
        Observer.NONE,
        Clock.SYSTEM,
        Optional.empty(),
        Protection.DEFAULT);
  }

  /// The same on another address; `0.0.0.0` listens on all.
  public ServerOptions withHost(String host) {
    return withListen(listen.withHost(host));
  }

  /// The same on another port.
  public ServerOptions withPort(int port) {
    return withListen(listen.withPort(port));
  }

  /// The same with mutual TLS: who calls is who its certificate says.
  public ServerOptions withTls(Tls tls) {
    return withListen(listen.withProof(listen.proof().withTls(tls)));
  }

  /// The same believing the tokens that this verifies.
  public ServerOptions withTokens(TokenVerifier tokens) {
    return withListen(listen.withProof(listen.proof().withTokens(tokens)));
  }

  /// The same listening elsewhere or otherwise.
  public ServerOptions withListen(Listen listen) {
    return new ServerOptions(service, listen, limits, observer, clock, idempotency, protection);
  }

  /// The same with other limits.
  public ServerOptions withLimits(Limits limits) {
    return new ServerOptions(service, listen, limits, observer, clock, idempotency, protection);
  }

  /// The same, watched.
  public ServerOptions withObserver(Observer observer) {
    return new ServerOptions(service, listen, limits, observer, clock, idempotency, protection);
  }

  /// The same on another clock.
  public ServerOptions withClock(Clock clock) {
    return new ServerOptions(service, listen, limits, observer, clock, idempotency, protection);
  }

  /// The same with a memory for idempotency keys.
  public ServerOptions withIdempotency(IdempotencyStore store) {
    return new ServerOptions(
        service, listen, limits, observer, clock, Optional.of(store), protection);
  }

  /// The same protected otherwise.
  public ServerOptions withProtection(Protection protection) {
    return new ServerOptions(service, listen, limits, observer, clock, idempotency, protection);
  }
}
