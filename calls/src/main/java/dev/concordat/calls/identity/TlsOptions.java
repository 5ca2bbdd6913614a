package dev.concordat.calls.identity;

import dev.concordat.core.Clock;
import dev.concordat.core.Observer;
import java.time.Duration;
import java.util.Optional;

/// How a service proves itself.
///
/// @param files where certificate, key and trusted roots lie
/// @param trustDomain whose names are believed; default that of the own certificate
/// @param reread how often the files are looked at; default 1 s
/// @param connectionAge how old a connection to a server grows before clients are told to open
///   another; with that, how long a certificate is believed after it has expired; default 30 min
/// @param observer sees `concordat.certificate.expires` (seconds left); default nobody
/// @param clock what time it is; default the machine's
public record TlsOptions(
    PemFiles files,
    Optional<String> trustDomain,
    Duration reread,
    Duration connectionAge,
    Observer observer,
    Clock clock) {
  private static final Duration REREAD = Duration.ofSeconds(1);
  private static final Duration CONNECTION_AGE = Duration.ofMinutes(30);

  /// Checks the times.
  public TlsOptions {
    if (!reread.isPositive() || !connectionAge.isPositive()) {
      throw new IllegalArgumentException(
          "reread and connectionAge are longer than nothing, got " + reread + ", " + connectionAge);
    }
  }

  /// The defaults for these files.
  public static TlsOptions of(PemFiles files) {
    return new TlsOptions(
        files, Optional.empty(), REREAD, CONNECTION_AGE, Observer.NONE, Clock.SYSTEM);
  }

  /// The same believing names of this trust domain.
  public TlsOptions withTrustDomain(String trustDomain) {
    return new TlsOptions(files, Optional.of(trustDomain), reread, connectionAge, observer, clock);
  }

  /// The same looking at the files this often.
  public TlsOptions withReread(Duration reread) {
    return new TlsOptions(files, trustDomain, reread, connectionAge, observer, clock);
  }

  /// The same with another age of connections.
  public TlsOptions withConnectionAge(Duration connectionAge) {
    return new TlsOptions(files, trustDomain, reread, connectionAge, observer, clock);
  }

  /// The same, watched.
  public TlsOptions withObserver(Observer observer) {
    return new TlsOptions(files, trustDomain, reread, connectionAge, observer, clock);
  }

  /// The same on another clock.
  public TlsOptions withClock(Clock clock) {
    return new TlsOptions(files, trustDomain, reread, connectionAge, observer, clock);
  }
}
