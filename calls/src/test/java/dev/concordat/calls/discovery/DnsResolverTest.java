package dev.concordat.calls.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.Eventually;
import dev.concordat.core.ManualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;

/// What is DNS's own: how long answers are good for, aliases, weights, long answers.
class DnsResolverTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final DnsServer server = new DnsServer();
  private final Seen seen = new Seen();
  private final List<DnsResolver> open = new ArrayList<>();

  @AfterEach
  void stop() {
    open.forEach(DnsResolver::close);
    server.close();
  }

  @Test
  void nameIsLookedUpAgainWhenTheShortestTtlEndsAndNotBefore() throws InterruptedException {
    server.become(60, a(30, "10.0.0.1"), a(20, "10.0.0.2"));
    watch(host());
    seen.awaitHosts("10.0.0.1", "10.0.0.2");
    clock.awaitSleepers(1);
    server.become(60, a(30, "10.0.0.3"));
    long asked = server.asked();
    clock.advance(Duration.ofSeconds(20).minusMillis(1));
    clock.awaitSleepers(1);
    assertThat(server.asked()).isEqualTo(asked);
    clock.advance(Duration.ofMillis(1));
    seen.awaitHosts("10.0.0.3");
  }

  @Test
  void ttlOfNothingIsASecond() throws InterruptedException {
    server.become(60, a(0, "10.0.0.1"));
    watch(host());
    seen.awaitHosts("10.0.0.1");
    clock.awaitSleepers(1);
    server.become(60, a(0, "10.0.0.2"));
    long asked = server.asked();
    clock.advance(Duration.ofMillis(999));
    clock.awaitSleepers(1);
    assertThat(server.asked()).isEqualTo(asked);
    clock.advance(Duration.ofMillis(1));
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void ttlOfAWeekIsFiveMinutes() throws InterruptedException {
    server.become(60, a(604_800, "10.0.0.1"));
    watch(host());
    seen.awaitHosts("10.0.0.1");
    clock.awaitSleepers(1);
    server.become(60, a(0, "10.0.0.2"));
    clock.advance(Duration.ofMinutes(5));
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void noIsGoodForAsLongAsTheZoneSays() throws InterruptedException {
    server.become(7);
    watch(host());
    seen.awaitHosts();
    clock.awaitSleepers(1);
    server.become(7, a(30, "10.0.0.1"));
    long asked = server.asked();
    clock.advance(Duration.ofSeconds(7).minusMillis(1));
    clock.awaitSleepers(1);
    assertThat(server.asked()).isEqualTo(asked);
    clock.advance(Duration.ofMillis(1));
    seen.awaitHosts("10.0.0.1");
  }

  @Test
  void nameThatIsGoneIsBelievedTheSecondTime() throws InterruptedException {
    server.become(60, a(10, "10.0.0.1"));
    watch(host());
    seen.awaitHosts("10.0.0.1");
    clock.awaitSleepers(1);
    server.become(60);
    clock.advance(Duration.ofSeconds(10));
    clock.awaitSleepers(1);
    assertThat(seen.times()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    seen.awaitHosts();
  }

  @Test
  void aliasIsFollowedAndItsTtlCounts() throws InterruptedException {
    Name alias = DnsServer.name("orders.test.");
    server.become(
        60,
        new CNAMERecord(alias, DClass.IN, 5, DnsServer.name("blue.test.")),
        DnsOrigin.a("blue.test.", 100, "10.0.0.1"),
        DnsOrigin.a("green.test.", 100, "10.0.0.2"));
    watch(host());
    seen.awaitHosts("10.0.0.1");
    clock.awaitSleepers(1);
    server.become(
        60,
        new CNAMERecord(alias, DClass.IN, 5, DnsServer.name("green.test.")),
        DnsOrigin.a("green.test.", 100, "10.0.0.2"));
    clock.advance(Duration.ofSeconds(5));
    seen.awaitHosts("10.0.0.2");
  }

  @Test
  void bothFamiliesOfAddressesAreTold() {
    server.become(60, a(10, "10.0.0.1"), a(10, "fd00::1"));
    watch(host());
    seen.awaitHosts("10.0.0.1", "fd00:0:0:0:0:0:0:1");
    assertThat(seen.last()).extracting(Endpoint::address).contains("[fd00:0:0:0:0:0:0:1]:8080");
  }

  @Test
  void answerThatIsTooLongForUdpIsAskedForByTcp() {
    Record[] many = new Record[200];
    for (int i = 0; i < many.length; i++) {
      many[i] = a(10, "10.0.1." + i);
    }
    server.become(60, many);
    watch(host());
    Eventually.holds("all told", () -> seen.last().size() == many.length);
    assertThat(server.askedByTcp()).isPositive();
  }

  @Test
  void prioritiesAndWeightsAreTold() {
    String name = "_grpc._tcp.orders.test.";
    server.become(
        60,
        DnsOrigin.srv(name, 10, 1, 30, "a.test."),
        DnsOrigin.srv(name, 10, 1, 0, "b.test."),
        DnsOrigin.srv(name, 10, 2, 10, "backup.test."),
        DnsOrigin.a("a.test.", 10, "10.0.0.1"),
        DnsOrigin.a("b.test.", 10, "10.0.0.2"),
        DnsOrigin.a("backup.test.", 10, "10.0.0.9"));
    watch(DnsOptions.srv("_grpc._tcp.{service}.test"));
    seen.awaitHosts("10.0.0.1", "10.0.0.2", "10.0.0.9");
    assertThat(seen.last())
        .extracting(Endpoint::attributes)
        .containsExactly(
            srv("1", "30", "a.test"), srv("1", "1", "b.test"), srv("2", "10", "backup.test"));
  }

  @Test
  void rootAsTargetMeansNobody() {
    server.become(
        60,
        new SRVRecord(
            DnsServer.name("_grpc._tcp.orders.test."), DClass.IN, 10, 0, 0, 0, Name.root));
    watch(DnsOptions.srv("_grpc._tcp.{service}.test"));
    seen.awaitHosts();
  }

  @Test
  void nextServerIsAskedWhenOneDoesNotAnswer() {
    server.become(60, a(10, "10.0.0.1"));
    try (DnsServer silent = new DnsServer()) {
      silent.suffer(Origin.Plague.HANGS);
      watch(host().withServers(silent.address(), server.address()), Duration.ofMillis(300));
      seen.awaitHosts("10.0.0.1");
      assertThat(silent.asked()).isPositive();
    }
  }

  @Test
  void threadOfTheLibraryKeepsNoProcessAlive() {
    server.become(60, a(10, "10.0.0.1"));
    watch(host());
    seen.awaitHosts("10.0.0.1");
    open.forEach(DnsResolver::close);
    // It is the library's own, one for the JVM, and stays.
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().startsWith("dnsjava"))
        .hasSize(1)
        .allMatch(Thread::isDaemon);
  }

  @Test
  void nonsenseIsRefusedAtOnce() {
    assertThatThrownBy(() -> DnsOptions.host("orders.test", 80)).hasMessageContaining("{service}");
    assertThatThrownBy(() -> DnsOptions.host("{service}.test", 0)).hasMessageContaining("port");
    DnsResolver resolver = open(host(), PATIENCE);
    assertThatThrownBy(() -> resolver.watch("a..b", seen)).hasMessageContaining("no name of DNS");
  }

  private static Map<String, String> srv(String priority, String weight, String name) {
    return Map.of(Endpoint.PRIORITY, priority, Endpoint.WEIGHT, weight, "name", name);
  }

  private static Record a(long ttl, String address) {
    return DnsOrigin.a("orders.test.", ttl, address);
  }

  private static DnsOptions host() {
    return DnsOptions.host("{service}.test", Origin.PORT).withServers(new InetSocketAddress(1));
  }

  private void watch(DnsOptions options) {
    watch(options, PATIENCE);
  }

  private void watch(DnsOptions options, Duration patience) {
    open(options, patience).watch("orders", seen);
  }

  private DnsResolver open(DnsOptions options, Duration patience) {
    DnsOptions here =
        options.servers().size() == 2 ? options : options.withServers(server.address());
    LookOptions looking = LookOptions.DEFAULT.withClock(clock).withTimeout(patience);
    DnsResolver resolver = DnsResolver.open(here.withLooking(looking));
    open.add(resolver);
    return resolver;
  }
}
