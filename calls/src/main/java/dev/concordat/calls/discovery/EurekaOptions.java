package dev.concordat.calls.discovery;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// How Eureka is asked.
///
/// @param servers where it is asked, with the path of its API: `http://host:8761/eureka`; the next
///   one when one does not answer
/// @param secure whether instances are called at their secure port; default no
/// @param authorization gives the `Authorization` header before each question, empty for none;
///   default none
/// @param authorities PEM file of the certificates to trust; default the JDK's
/// @param poll how often it is asked, give or take a tenth; default 30 s
/// @param lease within which time an instance that is registered must have renewed itself; default
///   90 s, renewed at a third of that: what the server's self-preservation counts on
/// @param looking how patiently it is asked
public record EurekaOptions(
    List<URI> servers,
    boolean secure,
    Supplier<String> authorization,
    Optional<Path> authorities,
    Duration poll,
    Duration lease,
    LookOptions looking) {
  /// Copies the addresses.
  public EurekaOptions {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("Eureka needs at least one address");
    }
  }

  /// The defaults, at these addresses.
  public static EurekaOptions at(URI... servers) {
    return new EurekaOptions(
        List.of(servers),
        false,
        () -> "",
        Optional.empty(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(90),
        LookOptions.DEFAULT);
  }

  /// The same at the secure ports.
  public EurekaOptions withSecure(boolean secure) {
    return new EurekaOptions(servers, secure, authorization, authorities, poll, lease, looking);
  }

  /// The same with an `Authorization` header.
  public EurekaOptions withAuthorization(Supplier<String> authorization) {
    return new EurekaOptions(servers, secure, authorization, authorities, poll, lease, looking);
  }

  /// The same trusting these certificates.
  public EurekaOptions withAuthorities(Path authorities) {
    return new EurekaOptions(
        servers, secure, authorization, Optional.of(authorities), poll, lease, looking);
  }

  /// The same asked at another pace.
  public EurekaOptions withPoll(Duration poll) {
    return new EurekaOptions(servers, secure, authorization, authorities, poll, lease, looking);
  }

  /// The same with another time to renew within.
  public EurekaOptions withLease(Duration lease) {
    return new EurekaOptions(servers, secure, authorization, authorities, poll, lease, looking);
  }

  /// The same asked with another patience.
  public EurekaOptions withLooking(LookOptions looking) {
    return new EurekaOptions(servers, secure, authorization, authorities, poll, lease, looking);
  }
}
