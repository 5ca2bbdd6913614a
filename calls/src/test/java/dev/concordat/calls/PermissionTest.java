package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.identity.TokenVerifier;
import dev.concordat.calls.vault.v1.Slip;
import dev.concordat.calls.vault.v1.VaultApi;
import dev.concordat.calls.vault.v1.VaultClient;
import dev.concordat.core.Bearer;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who is let in, in every shape.
class PermissionTest {
  private static final Map<String, Consumer<VaultClient>> SHAPES =
      Map.of(
          "unary", vault -> vault.look(slip()),
          "server stream",
              vault -> {
                try (Source<Slip> slips = vault.watch(slip())) {
                  slips.forEach(one -> {});
                }
              },
          "client stream",
              vault -> {
                try (Upload<Slip, Slip> slips = vault.fill()) {
                  slips.finish();
                }
              },
          "bidirectional",
              vault -> {
                try (var slips = vault.trade()) {
                  slips.finish();
                  slips.forEach(one -> {});
                }
              });

  private final Vaults vaults = new Vaults();
  private final Issuer issuer = new Issuer();
  private final TokenVerifier verifier = TokenVerifier.open(issuer.options(Clock.SYSTEM));
  private final CallServer server =
      CallServer.with(ServerOptions.of("vault").withTokens(verifier))
          .serve(VaultApi.CONTRACT, vaults)
          .start();
  private final List<Calls> calls = new ArrayList<>();

  @AfterEach
  void close() {
    calls.forEach(Calls::close);
    server.close();
    verifier.close();
    issuer.close();
  }

  @Test
  void whoIsNamedAndWhoseTokenHoldsTheScopesIsLetIn() {
    SHAPES.forEach((shape, call) ->
        with(token("vault.read vault.write")).run(() -> call.accept(client("teller"))));
    assertThat(vaults.entered).hasValue(SHAPES.size());
  }

  @Test
  void otherCallersAreNotLetInWhateverTheTokenSays() {
    SHAPES.forEach((shape, call) ->
        assertRefused(
            shape,
            Code.PERMISSION_DENIED,
            "CALLER_NOT_ALLOWED",
            () -> with(token("vault.read vault.write")).run(() -> call.accept(client("guest")))));
  }

  @Test
  void scopesAreAskedForInEveryShape() {
    SHAPES.forEach((shape, call) ->
        assertRefused(
            shape,
            Code.PERMISSION_DENIED,
            "SCOPE_MISSING",
            () -> with(token("vault.write")).run(() -> call.accept(client("teller")))));
    SHAPES.forEach((shape, call) ->
        assertRefused(
            shape, Code.UNAUTHENTICATED, "TOKEN_MISSING", () -> call.accept(client("teller"))));
  }

  @Test
  void badTokenIsRefusedInEveryShape() {
    SHAPES.forEach((shape, call) ->
        assertRefused(
            shape,
            Code.UNAUTHENTICATED,
            "TOKEN_MALFORMED",
            () -> with(Bearer.of("a.b.c")).run(() -> call.accept(client("teller")))));
  }

  @Test
  void methodThatNamesNobodyIsClosed() {
    assertRefused(
        "closed",
        Code.PERMISSION_DENIED,
        "METHOD_CLOSED",
        () -> with(token("vault.read vault.write")).run(() -> client("teller").sealed(slip())));
  }

  @Test
  void scopesAloneAreForEveryService() {
    with(token("vault.read")).run(() -> client("guest").peek(slip()));
    assertThat(vaults.entered).hasValue(1);
  }

  @Test
  void handlerLearnsForWhomItWorks() {
    with(token("vault.read"))
        .run(() -> assertThat(client("teller").look(slip()).getText()).isEqualTo("ada"));
  }

  @Test
  void contractWithScopesNeedsWhoVerifiesTokens() {
    assertThatThrownBy(() ->
            CallServer.with(ServerOptions.of("vault")).serve(VaultApi.CONTRACT, vaults).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("withTokens");
  }

  @Test
  void tokenGoesOnWithTheCallsMadeForItUnlessThatIsTurnedOff() {
    VaultClient next = client("teller");
    Calls silent = Calls.open(options("teller").withAsker(Asker.of("teller").withoutForwarding()));
    calls.add(silent);
    vaults.onPeek = request -> next.look(request);
    with(token("vault.read"))
        .run(() -> assertThat(client("guest").peek(slip()).getText()).isEqualTo("ada"));
    vaults.onPeek = request -> silent.client(VaultClient.FACTORY).look(request);
    assertThatThrownBy(() -> with(token("vault.read")).run(() -> client("guest").peek(slip())))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.details().reason()).isEqualTo("TOKEN_MISSING"));
  }

  @Test
  void ownTokenIsUsedWhereThereIsNoOther() {
    Calls own = Calls.open(options("teller").withTokens(patience -> token("vault.read")));
    calls.add(own);
    assertThat(own.client(VaultClient.FACTORY).look(slip()).getText()).isEqualTo("ada");
  }

  private void assertRefused(String shape, Code code, String reason, Runnable call) {
    assertThatThrownBy(call::run)
        .as(shape)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.details().reason()).isEqualTo(reason);
              assertThat(failure.code()).isEqualTo(code);
            });
    assertThat(vaults.entered).hasValue(0);
  }

  private Bearer token(String scopes) {
    return issuer.token(Clock.SYSTEM.now(), scopes);
  }

  private static Context with(Bearer token) {
    return Context.root().withBearer(token);
  }

  private VaultClient client(String caller) {
    Calls open = Calls.open(options(caller));
    calls.add(open);
    return open.client(VaultClient.FACTORY);
  }

  private CallsOptions options(String caller) {
    return CallsOptions.of(
        caller, StaticResolver.of("vault", Endpoint.of("127.0.0.1", server.port())));
  }

  private static Slip slip() {
    return Slip.getDefaultInstance();
  }

  private static final class Vaults implements VaultApi {
    final AtomicInteger entered = new AtomicInteger();
    volatile java.util.function.UnaryOperator<Slip> onPeek = request -> request;

    @Override
    public Slip look(Slip request) {
      entered.incrementAndGet();
      return Slip.newBuilder()
          .setText(Context.current().subject().map(subject -> subject.id()).orElse("nobody"))
          .build();
    }

    @Override
    public void watch(Slip request, Sink<Slip> out) {
      entered.incrementAndGet();
      out.send(request);
    }

    @Override
    public Slip fill(Source<Slip> in) {
      entered.incrementAndGet();
      return slip();
    }

    @Override
    public void trade(Source<Slip> in, Sink<Slip> out) {
      entered.incrementAndGet();
    }

    @Override
    public Slip peek(Slip request) {
      entered.incrementAndGet();
      return onPeek.apply(request);
    }

    @Override
    public Slip sealed(Slip request) {
      entered.incrementAndGet();
      return request;
    }
  }
}
