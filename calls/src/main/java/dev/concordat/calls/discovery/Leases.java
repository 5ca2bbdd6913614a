package dev.concordat.calls.discovery;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// The instances that one registrar keeps known.
final class Leases implements AutoCloseable {
  private final Background threads;
  private final Clock clock;
  private final Set<Lease> open = ConcurrentHashMap.newKeySet();

  Leases(String name, Clock clock) {
    this.threads = new Background(name);
    this.clock = clock;
  }

  Registrar.Registration open(String what, Lease.Listing listing, Duration period) {
    Lease lease = Lease.open(what, listing, period, clock, threads);
    open.add(lease);
    return () -> {
      open.remove(lease);
      lease.close();
    };
  }

  /// Takes every instance away.
  @Override
  public void close() {
    open.forEach(Lease::close);
    open.clear();
    threads.close();
  }

  /// A name of its own for each registration: an instance that was restarted on its old port must
  /// not be taken away by the end of its predecessor.
  static String identity(String service, Endpoint endpoint) {
    return service
        + "-"
        + endpoint.host().replace(':', '-')
        + "-"
        + endpoint.port()
        + "-"
        + UUID.randomUUID().toString().substring(0, 8);
  }

  static void expect(String who, HttpPeer.Reply reply, int... wanted) {
    for (int status : wanted) {
      if (reply.status() == status) {
        return;
      }
    }
    throw Failure.of(Code.UNAVAILABLE, who + " answers " + reply.status());
  }
}
