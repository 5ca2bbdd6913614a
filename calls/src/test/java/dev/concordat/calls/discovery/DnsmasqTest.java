package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.Eventually;
import dev.concordat.core.ManualClock;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Against dnsmasq, where it is installed: a server that others wrote. Its answers are good for a
/// second.
@EnabledIf("installed")
class DnsmasqTest {
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Path PROGRAM = Path.of("/usr/sbin/dnsmasq");

  @TempDir private Path folder;

  static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  @Test
  void addressesThatChangeAreTold() throws IOException, InterruptedException {
    hosts("10.0.0.1 orders.test", "10.0.0.2 orders.test", "fd00::1 orders.test");
    try (Dnsmasq dnsmasq = new Dnsmasq(folder.resolve("hosts"))) {
      Seen seen = new Seen();
      ManualClock clock = new ManualClock();
      DnsOptions options =
          DnsOptions.host("{service}.test", 80)
              .withServers(dnsmasq.address())
              .withLooking(LookOptions.DEFAULT.withClock(clock));
      try (DnsResolver resolver = DnsResolver.open(options)) {
        resolver.watch("orders", seen);
        awaitHosts(seen, clock, "10.0.0.1", "10.0.0.2", "fd00:0:0:0:0:0:0:1");
        hosts("10.0.0.2 orders.test", "10.0.0.3 orders.test");
        dnsmasq.readAnew();
        awaitHosts(seen, clock, "10.0.0.2", "10.0.0.3");
        hosts();
        dnsmasq.readAnew();
        awaitHosts(seen, clock);
      }
    }
  }

  @Test
  void servicesAreToldWithPriorityAndWeight() throws IOException {
    hosts("10.0.0.1 a.test", "10.0.0.2 b.test");
    try (Dnsmasq dnsmasq = new Dnsmasq(folder.resolve("hosts"))) {
      Seen seen = new Seen();
      ManualClock clock = new ManualClock();
      DnsOptions options =
          DnsOptions.srv("_grpc._tcp.{service}.test")
              .withServers(dnsmasq.address())
              .withLooking(LookOptions.DEFAULT.withClock(clock));
      try (DnsResolver resolver = DnsResolver.open(options)) {
        resolver.watch("orders", seen);
        awaitHosts(seen, clock, "10.0.0.1", "10.0.0.2");
        assertThat(seen.last())
            .containsExactly(
                new Endpoint(
                    "10.0.0.1", 8080, Map.of("priority", "1", "weight", "7", "name", "a.test")),
                new Endpoint(
                    "10.0.0.2", 8081, Map.of("priority", "2", "weight", "1", "name", "b.test")));
      }
    }
  }

  /// The server begins to answer, and reads anew, when it gets round to it: answers and pauses run
  /// out until it has.
  private static void awaitHosts(Seen seen, ManualClock clock, String... hosts) {
    Eventually.holds(
        "told of " + List.of(hosts),
        () -> {
          clock.advance(TTL);
          return seen.last().stream().map(Endpoint::host).sorted().toList().equals(List.of(hosts));
        });
  }

  private void hosts(String... lines) throws IOException {
    Files.write(folder.resolve("hosts"), List.of(lines));
  }

  private static final class Dnsmasq implements AutoCloseable {
    private final InetSocketAddress address;
    private final Process process;

    Dnsmasq(Path hosts) throws IOException {
      try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
      }
      process =
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "--keep-in-foreground",
                  "--conf-file=/dev/null",
                  "--pid-file",
                  "--user=" + System.getProperty("user.name"),
                  "--listen-address=127.0.0.1",
                  "--bind-interfaces",
                  "--port=" + address.getPort(),
                  "--no-resolv",
                  "--no-hosts",
                  "--local=/test/",
                  "--local-ttl=1",
                  "--addn-hosts=" + hosts,
                  "--srv-host=_grpc._tcp.orders.test,a.test,8080,1,7",
                  "--srv-host=_grpc._tcp.orders.test,b.test,8081,2,0")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    }

    InetSocketAddress address() {
      return address;
    }

    void readAnew() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
