package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.ClientCredentials;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TlsOptions;
import dev.concordat.calls.identity.TokenVerifier;
import dev.concordat.calls.vault.v1.Slip;
import dev.concordat.calls.vault.v1.VaultApi;
import dev.concordat.calls.vault.v1.VaultClient;
import dev.concordat.core.Bearer;
import dev.concordat.core.Carrier;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens and keys show themselves nowhere: everything that is said is collected and searched.
class SecretsTest {
  private static final String MARK = "c2VjcmV0LXRva2Vu";

  @TempDir private Path folder;

  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Logger root = Logger.getLogger("");
  private final Level before = root.getLevel();
  private final Handler ears = new Ears();

  @BeforeEach
  void listen() {
    root.addHandler(ears);
    // Ours alone: at this level gRPC's transport writes every byte, which is what it is for.
    Logger.getLogger("dev.concordat").setLevel(Level.ALL);
  }

  @AfterEach
  void stopListening() {
    root.removeHandler(ears);
    root.setLevel(before);
    Logger.getLogger("dev.concordat").setLevel(null);
  }

  @Test
  void tokenIsInNoFailureSpanMetricOrLog() {
    try (Issuer issuer = new Issuer();
        TokenVerifier verifier = TokenVerifier.open(issuer.options(Clock.SYSTEM))) {
      Bearer good = issuer.token(Clock.SYSTEM.now(), "vault.read");
      Bearer forged = Bearer.of(good.reveal().substring(0, good.reveal().length() - 20) + MARK);
      try (CallServer server =
              CallServer.with(
                      ServerOptions.of("vault").withTokens(verifier).withObserver(new Eyes()))
                  .serve(VaultApi.CONTRACT, failing())
                  .start();
          Calls calls =
              Calls.open(
                  CallsOptions.of(
                          "teller",
                          StaticResolver.of("vault", Endpoint.of("127.0.0.1", server.port())))
                      .withObserver(new Eyes()))) {
        VaultClient vault = calls.client(VaultClient.FACTORY);
        for (Bearer token : List.of(good, forged, Bearer.of(MARK), Bearer.of(MARK.repeat(1_000)))) {
          hear(Context.root().withBearer(token), vault);
        }
        assertThat(said).as("something was heard at all").isNotEmpty();
        assertSilentAbout(good.reveal().split("\\.", -1)[2]);
        assertSilentAbout(MARK);
      }
    }
  }

  @Test
  void contextTellsTheTokenToNobodyAndToNoMessage() {
    Context context = Context.root().withBearer(Bearer.of(MARK));
    said.add(context.toString());
    said.add(String.valueOf(context.bearer()));
    Map<String, String> headers = new HashMap<>();
    new ContextCodec(Clock.SYSTEM, Limits.DEFAULT).write(context, carrier(headers));
    said.add(headers.toString());
    assertSilentAbout(MARK);
  }

  @Test
  void privateKeyIsInNoFailureOrLog() {
    Authority authority = Papers.authority("root");
    Papers papers = Papers.of(folder, authority, "probe");
    Authority.Issued leaf = Papers.leaf(authority, "probe");
    String secret = leaf.key().lines().skip(1).findFirst().orElseThrow();
    said.add(leaf.toString());
    try (Tls tls = papers.open()) {
      for (String key :
          List.of(
              leaf.key(),
              leaf.key().replace("PRIVATE KEY", "RSA PRIVATE KEY"),
              leaf.key().replace(secret, secret + "*"),
              secret)) {
        Papers.write(papers.files.key(), key);
        tls.reread();
        try {
          Tls.read(TlsOptions.of(papers.files));
        } catch (Failure e) {
          say(e);
        }
      }
      said.add(tls.toString());
    }
    assertThat(said).anyMatch(line -> line.contains("goes on with what it had"));
    assertSilentAbout(secret);
  }

  @Test
  void clientsSecretIsInNoFailure() {
    try (Issuer issuer = new Issuer();
        ClientCredentials credentials =
            ClientCredentials.of(issuer.uri("/nowhere"), "orders", MARK, "")) {
      said.add(credentials.toString());
      try {
        credentials.issue();
      } catch (IOException e) {
        say(e);
      }
    }
    assertThat(said).anyMatch(line -> line.contains("answered 404"));
    assertSilentAbout(MARK);
  }

  private void hear(Context context, VaultClient vault) {
    try {
      context.run(() -> vault.look(Slip.getDefaultInstance()));
    } catch (Failure e) {
      say(e);
      said.add(e.details().toString());
    }
  }

  private void say(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    said.add(text.toString());
  }

  private void assertSilentAbout(String secret) {
    assertThat(said).noneMatch(line -> line.contains(secret));
  }

  /// Every method fails, with what it knows.
  private static VaultApi failing() {
    return (VaultApi)
        Proxy.newProxyInstance(
            VaultApi.class.getClassLoader(),
            new Class<?>[] {VaultApi.class},
            (proxy, method, arguments) -> {
              throw new IllegalStateException("handling " + Context.current());
            });
  }

  private static Carrier carrier(Map<String, String> headers) {
    return new Carrier() {
      @Override
      public Optional<String> get(String name) {
        return Optional.ofNullable(headers.get(name));
      }

      @Override
      public void set(String name, String value) {
        headers.put(name, value);
      }
    };
  }

  private final class Ears extends Handler {
    @Override
    public void publish(LogRecord line) {
      said.add(
          line.getMessage()
              + List.of(Optional.ofNullable(line.getParameters()).orElse(new Object[0])));
      if (line.getThrown() != null) {
        say(line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private final class Eyes implements Observer {
    @Override
    public Observation begin(Activity activity) {
      said.add(activity.toString());
      Observation unseen = Observer.NONE.begin(activity);
      return new Observation() {
        @Override
        public Context context() {
          return unseen.context();
        }

        @Override
        public void set(String attribute, String value) {
          said.add(attribute + "=" + value);
        }

        @Override
        public void event(String name, Map<String, String> attributes) {
          said.add(name + attributes);
        }

        @Override
        public void failed(Throwable failure) {
          say(failure);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void count(String metric, long by, Map<String, String> attributes) {
      said.add(metric + attributes);
    }

    @Override
    public void record(String metric, double value, Map<String, String> attributes) {
      said.add(metric + attributes);
    }

    @Override
    public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
      said.add(metric + attributes);
      return () -> {};
    }
  }
}
