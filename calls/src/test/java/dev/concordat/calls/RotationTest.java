package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates and roots that are replaced while calls are made.
class RotationTest {
  private static final int CALLERS = 4;
  private static final long CALLS_BETWEEN = 40;

  @TempDir private Path folder;

  private final Authority root = Papers.authority("root");
  private final Probes probes = new Probes();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong made = new AtomicLong();
  private final Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
  private Papers server;
  private Papers client;
  private Tls serving;
  private Tls asking;
  private Pair pair;

  @BeforeEach
  void begin() {
    server = Papers.of(folder, root, "probe");
    client = Papers.of(folder, root, "tester");
    serving = server.open();
    asking = client.open();
    pair = Pair.of(probes, o -> o.withTls(serving), o -> o.withTls(asking));
  }

  @AfterEach
  void end() {
    pair.close();
    asking.close();
    serving.close();
  }

  @Test
  void newCertificatesAreTakenUpWithoutAFailedCall() {
    underLoad(() -> {
      for (int i = 0; i < 3; i++) {
        server.own(Papers.leaf(root, "probe"));
        assertThat(serving.reread()).isTrue();
        someCalls();
        client.own(Papers.leaf(root, "tester"));
        assertThat(asking.reread()).isTrue();
        someCalls();
      }
    });
  }

  @Test
  void rootIsReplacedWithoutAFailedCall() {
    Authority next = Papers.authority("next root");
    underLoad(() -> {
      server.trust(root, next);
      client.trust(root, next);
      reread();
      server.own(Papers.leaf(next, "probe"));
      client.own(Papers.leaf(next, "tester"));
      reread();
      server.trust(next);
      client.trust(next);
      reread();
    });
  }

  @Test
  void whoseRootIsTakenOutEndsAtOnceAlsoInTheMiddleOfAStream() {
    Source<CountResponse> stream =
        pair.client.count(CountRequest.newBuilder().setUntil(Long.MAX_VALUE).build());
    assertThat(stream.next()).isPresent();
    Authority next = Papers.authority("next root");
    server.own(Papers.leaf(next, "probe")).trust(next);
    serving.reread();
    assertThatThrownBy(() -> stream.forEach(message -> {}))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAUTHENTICATED);
              assertThat(failure.details().reason()).isEqualTo("CERTIFICATE_NOT_TRUSTED");
            });
    // The connection is still the one that was opened with the root that is gone.
    assertThatThrownBy(() -> pair.client.look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAUTHENTICATED));
    assertThat(probes.looks).hasValue(0);
  }

  @Test
  void halfWrittenFilesChangeNothing() {
    Authority.Issued next = Papers.leaf(root, "probe");
    var before = serving.expires();
    Papers.write(server.files.certificate(), next.certificate());
    assertThat(serving.reread()).as("the key is still the old one").isFalse();
    Papers.write(server.files.key(), next.key().substring(0, 60));
    assertThat(serving.reread()).as("half a key").isFalse();
    Papers.write(server.files.trust(), "");
    assertThat(serving.reread()).as("no root").isFalse();
    assertThat(serving.expires()).isEqualTo(before);
    pair.client.look(LookRequest.getDefaultInstance());
    Papers.write(server.files.key(), next.key());
    assertThat(serving.reread()).as("now they fit").isTrue();
    pair.client.look(LookRequest.getDefaultInstance());
  }

  private void reread() {
    assertThat(serving.reread()).isTrue();
    someCalls();
    assertThat(asking.reread()).isTrue();
    someCalls();
  }

  private void underLoad(Runnable rotation) {
    try (Background load = new Background("load")) {
      for (int i = 0; i < CALLERS; i++) {
        load.start("calls", this::callAndCall);
      }
      load.start("streams", this::readAndRead);
      someCalls();
      rotation.run();
      stop.set(true);
      assertThat(load.stop(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(List.copyOf(failed)).isEmpty();
    assertThat(probes.strikes.get()).as("each unsafe call once").isEqualTo(made.get());
  }

  private void someCalls() {
    long until = made.get() + CALLS_BETWEEN;
    Eventually.holds("calls go on", () -> made.get() >= until || !failed.isEmpty());
  }

  private void callAndCall() {
    ProbeClient probe = pair.client;
    while (!stop.get()) {
      try {
        probe.strike(StrikeRequest.getDefaultInstance());
        made.incrementAndGet();
      } catch (RuntimeException e) {
        failed.add(e);
        return;
      }
    }
  }

  private void readAndRead() {
    while (!stop.get()) {
      try (Source<CountResponse> numbers =
          pair.client.count(CountRequest.newBuilder().setUntil(1_000).build())) {
        numbers.forEach(number -> {});
      } catch (RuntimeException e) {
        failed.add(e);
        return;
      }
    }
  }
}
