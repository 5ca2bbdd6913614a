package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.SpiffeId;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TlsTest {
  private static final Authority ROOT = Papers.authority("root");
  private static final Authority OTHER = Papers.authority("other");

  @TempDir private static Path folder;

  private final Probes probes = new Probes();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void callerIsWhomItsCertificateNames() {
    probes.onLook =
        request -> LookResponse.newBuilder().setText(Context.current().caller().orElse("")).build();
    Pair pair = pair(papers("probe"), papers("tester"));
    assertThat(look(pair)).isEqualTo("tester");
  }

  @Test
  void nameInTheHeaderIsNotBelievedAgainstTheCertificate() {
    Pair pair = pair(papers("probe"), papers("stranger"));
    assertThatThrownBy(() -> pair.client.whisper(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
              assertThat(failure.details().reason()).isEqualTo("CALLER_MISMATCH");
              assertThat(failure.details().decidedBy()).isEqualTo("identity");
            });
  }

  @Test
  void clientBelievesOnlyTheServiceThatItAskedFor() {
    Pair pair = pair(papers("payments"), papers("tester"));
    assertRefused(() -> look(pair), "CERTIFICATE_NOT_TRUSTED", "payments, but probe was asked for");
  }

  static Stream<Arguments> strangers() {
    String id = SpiffeId.of(Papers.DOMAIN, "tester").toString();
    var from = Papers.NOW.minusSeconds(60);
    var until = Papers.NOW.plusSeconds(600);
    return Stream.of(
        Arguments.of("of another authority", OTHER.issue(List.of(id), from, until, BOTH)),
        Arguments.of("expired", ROOT.issue(List.of(id), from, from.plusSeconds(2), BOTH)),
        Arguments.of("not yet valid", ROOT.issue(List.of(id), until, until.plusSeconds(2), BOTH)),
        Arguments.of(
            "of another trust domain",
            ROOT.issue(List.of("spiffe://other.example/tester"), from, until, BOTH)),
        Arguments.of("without a name", ROOT.issue(List.of(), from, until, BOTH)),
        Arguments.of("with two names", ROOT.issue(List.of(id, id + "2"), from, until, BOTH)),
        Arguments.of(
            "with a web address", ROOT.issue(List.of("https://tester"), from, until, BOTH)),
        Arguments.of("of a root itself", ROOT.root()));
  }

  private static final Authority.Use BOTH = Authority.Use.BOTH;

  @ParameterizedTest(name = "caller with a certificate {0}")
  @MethodSource("strangers")
  void strangerIsTurnedAwayAtTheDoor(String what, Authority.Issued stranger) throws Exception {
    Pair pair = pair(papers("probe"), papers("tester"));
    PemFiles files = new Papers(folder).own(stranger).files;
    assertThat(strangersCall(pair.server.port(), own(files, GrpcSslContexts.forClient())))
        .as(what)
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(look(pair)).as("others are unhurt").isEqualTo("seen ");
  }

  @Test
  void callerWithoutCertificateOrWithoutTlsIsTurnedAway() throws Exception {
    Pair pair = pair(papers("probe"), papers("tester"));
    assertThat(strangersCall(pair.server.port(), GrpcSslContexts.forClient()))
        .isEqualTo(Status.Code.UNAVAILABLE);
    Calls plain =
        opened(
            Calls.open(
                "tester",
                StaticResolver.of("probe", Endpoint.of("127.0.0.1", pair.server.port()))));
    assertThatThrownBy(
            () -> plain.client(ProbeClient.FACTORY).look(LookRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE));
    assertThat(probes.looks).hasValue(0);
  }

  @ParameterizedTest(name = "instance with a certificate {0}")
  @MethodSource("strangers")
  void strangeInstanceIsAskedNothing(String what, Authority.Issued stranger) throws Exception {
    PemFiles files = new Papers(folder).own(stranger).files;
    Server server =
        NettyServerBuilder.forPort(0)
            .sslContext(
                GrpcSslContexts.forServer(files.certificate().toFile(), files.key().toFile())
                    .build())
            .build()
            .start();
    opened(server::shutdownNow);
    Tls asking = opened(papers("tester").open());
    Calls calls =
        opened(
            Calls.open(
                CallsOptions.of(
                        "tester",
                        StaticResolver.of("probe", Endpoint.of("127.0.0.1", server.getPort())))
                    .withTls(asking)));
    assertRefused(
        () -> calls.client(ProbeClient.FACTORY).look(LookRequest.getDefaultInstance()),
        what.equals("of a root itself") ? "CERTIFICATE_REFUSED" : "CERTIFICATE_NOT_TRUSTED",
        "");
  }

  /// What a plain gRPC client is answered that believes anybody.
  private Status.Code strangersCall(int port, SslContextBuilder tls) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .sslContext(tls.trustManager(InsecureTrustManagerFactory.INSTANCE).build())
            .build();
    opened(channel::shutdownNow);
    try {
      HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static SslContextBuilder own(PemFiles files, SslContextBuilder tls) {
    return tls.keyManager(files.certificate().toFile(), files.key().toFile());
  }

  private Papers papers(String service) {
    return Papers.of(folder, ROOT, service);
  }

  private Pair pair(Papers server, Papers client) {
    Tls serving = opened(server.open());
    Tls asking = opened(client.open());
    return opened(
        Pair.of(probes, options -> options.withTls(serving), options -> options.withTls(asking)));
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  private static String look(Pair pair) {
    return pair.client.look(LookRequest.getDefaultInstance()).getText();
  }

  private void assertRefused(ThrowingCallable call, String reason, String says) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
              assertThat(failure.details().decidedBy()).isEqualTo("tls");
              assertThat(failure.details().reason()).isEqualTo(reason);
              assertThat(failure.message()).contains(says);
            });
    assertThat(probes.looks).hasValue(0);
  }
}
