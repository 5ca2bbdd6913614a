package dev.concordat.calls.discovery;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// How Consul is asked.
///
/// @param agents where it is asked, `http://…` or `https://…`; the next one when one does not
///   answer
/// @param filter what is added to the query of every question, for example `dc=eu&tag=blue`;
///   default nothing
/// @param token gives the ACL token before each question, empty for none, so that one that is
///   replaced is used at once; default none
/// @param authorities PEM file of the certificates to trust; default the JDK's
/// @param block how long a question waits for a change; default 1 minute (Consul allows 10)
/// @param check within which time an instance that is registered must have renewed itself; default
///   10 s, renewed at a third of that
/// @param looking how patiently it is asked
public record ConsulOptions(
    List<URI> agents,
    String filter,
    Supplier<String> token,
    Optional<Path> authorities,
    Duration block,
    Duration check,
    LookOptions looking) {
  /// Copies the addresses.
  public ConsulOptions {
    agents = List.copyOf(agents);
    if (agents.isEmpty()) {
      throw new IllegalArgumentException("Consul needs at least one address");
    }
  }

  /// The defaults, at these addresses.
  public static ConsulOptions at(URI... agents) {
    return new ConsulOptions(
        List.of(agents),
        "",
        () -> "",
        Optional.empty(),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        LookOptions.DEFAULT);
  }

  /// The same with something added to every question, for example `dc=eu&tag=blue`.
  public ConsulOptions withFilter(String filter) {
    return new ConsulOptions(agents, filter, token, authorities, block, check, looking);
  }

  /// The same with an ACL token.
  public ConsulOptions withToken(Supplier<String> token) {
    return new ConsulOptions(agents, filter, token, authorities, block, check, looking);
  }

  /// The same trusting these certificates.
  public ConsulOptions withAuthorities(Path authorities) {
    return new ConsulOptions(
        agents, filter, token, Optional.of(authorities), block, check, looking);
  }

  /// The same with another time to wait for a change.
  public ConsulOptions withBlock(Duration block) {
    return new ConsulOptions(agents, filter, token, authorities, block, check, looking);
  }

  /// The same with another time to renew within.
  public ConsulOptions withCheck(Duration check) {
    return new ConsulOptions(agents, filter, token, authorities, block, check, looking);
  }

  /// The same asked with another patience.
  public ConsulOptions withLooking(LookOptions looking) {
    return new ConsulOptions(agents, filter, token, authorities, block, check, looking);
  }
}
