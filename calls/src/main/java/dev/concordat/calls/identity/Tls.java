package dev.concordat.calls.identity;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// What a service proves itself with, and whom it believes: mutual TLS from files that may be
/// replaced while it runs. One for each service of a process, shared by its server and its clients.
///
/// The files are read again every [TlsOptions#reread()]. A new certificate is used for every
/// connection from then on, and clients move to new connections; no call fails by that. New roots
/// are believed, and roots that are gone no longer, for calls on existing connections too.
///
/// Names decide, not hosts: a client believes an instance of `orders` only when its certificate
/// says `spiffe://TRUST-DOMAIN/…/orders`.
///
/// Threads: safe for many.
///
/// Failure: files that are missing, half written or do not fit together are left alone, what was
/// read before stays, and the log says so once. At the start they throw [Failure].
///
/// Guarantee: a private key is never logged and stands in no message.
public final class Tls implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Tls.class.getName());

  private final TlsOptions options;
  private final Background threads = new Background("tls");
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Complaints complaints;
  private final Runnable gauges;
  private Contents contents;
  private volatile Material material;

  private Tls(TlsOptions options) {
    this.options = options;
    this.complaints = new Complaints(LOG, options.clock());
    try {
      this.contents = Contents.read(options.files());
      Instant now = options.clock().now();
      this.material = new Material(contents.own(now), contents.roots());
    } catch (IOException | UncheckedIOException | GeneralSecurityException e) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, "TLS cannot begin with " + options.files() + ": " + reason(e));
    }
    this.gauges = gauges();
  }

  /// Reads the files, and goes on looking at them until it is closed.
  ///
  /// @throws Failure with [Code#FAILED_PRECONDITION] when they cannot be used
  public static Tls open(TlsOptions options) {
    Tls tls = new Tls(options);
    Context.root().run(() -> tls.threads.start("files", tls::watch));
    return tls;
  }

  /// Reads the files once and looks at them no more, for a program that ends soon.
  ///
  /// @throws Failure with [Code#FAILED_PRECONDITION] when they cannot be used
  public static Tls read(TlsOptions options) {
    return new Tls(options);
  }

  /// The defaults for these files.
  public static Tls open(PemFiles files) {
    return open(TlsOptions.of(files));
  }

  /// The own name.
  public SpiffeId id() {
    return material.own().id();
  }

  /// Whose names are believed.
  public String trustDomain() {
    return options.trustDomain().orElseGet(() -> id().trustDomain());
  }

  /// When the own certificate expires.
  public Instant expires() {
    return material.own().leaf().getNotAfter().toInstant();
  }

  /// How old a connection to a server may grow.
  public Duration connectionAge() {
    return options.connectionAge();
  }

  /// The own key, as JSSE asks for it: always the newest.
  public X509ExtendedKeyManager keys() {
    return new TlsKeys(() -> material.own());
  }

  /// Judges callers: any service of the trust domain.
  public X509ExtendedTrustManager callers() {
    return new TlsTrust(this, Optional.empty());
  }

  /// Judges the instances of one service.
  ///
  /// @param service the owner's name
  public X509ExtendedTrustManager instancesOf(String service) {
    return new TlsTrust(this, Optional.of(service));
  }

  /// Who is at the other end of a connection, seen from the server.
  ///
  /// @throws PeerRefused when there is no certificate that can be believed
  public Peer peer(SSLSession session) throws PeerRefused {
    try {
      X509Certificate[] chain =
          List.of(session.getPeerCertificates()).toArray(new X509Certificate[0]);
      return new Peer(this, chain, judge(chain, Roots.Use.CLIENT, Optional.empty()));
    } catch (SSLPeerUnverifiedException | ArrayStoreException e) {
      throw new PeerRefused("it sent no certificate");
    }
  }

  /// Is told when the certificate or the roots have changed.
  ///
  /// @return takes the listener away
  public Runnable onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Looks at the files now.
  ///
  /// @return whether something has changed
  public boolean reread() {
    boolean changed = take();
    if (changed) {
      listeners.forEach(Runnable::run);
    }
    return changed;
  }

  /// Looks at the files no more. What was read last stays in use.
  @Override
  public void close() {
    gauges.run();
    threads.close();
  }

  /// The own name, without key.
  @Override
  public String toString() {
    return "Tls[" + id() + "]";
  }

  Instant now() {
    return options.clock().now();
  }

  Roots roots() {
    return material.roots();
  }

  SpiffeId judge(X509Certificate[] chain, Roots.Use use, Optional<String> service)
      throws PeerRefused {
    SpiffeId id = roots().judge(chain, use, now());
    if (!id.trustDomain().equals(trustDomain())) {
      throw new PeerRefused(
          "it is " + id + ", but only the trust domain " + trustDomain() + " is believed");
    }
    if (service.isPresent() && !service.get().equals(id.service())) {
      throw new PeerRefused("it is " + id + ", but " + service.get() + " was asked for");
    }
    return id;
  }

  void refused(String who, PeerRefused why) {
    complaints.say(Level.WARNING, id() + " refused " + who + ": " + why.getMessage());
  }

  private void watch() {
    try {
      while (!threads.stopping()) {
        options.clock().sleep(options.reread());
        reread();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private synchronized boolean take() {
    Material before = material;
    try {
      Contents now = Contents.read(options.files());
      if (now.equals(contents)) {
        return false;
      }
      // Each for itself: a key that does not fit must not keep a root in force that was taken out.
      OwnKey own = now.sameOwn(contents) ? before.own() : own(now, before.own());
      Roots roots = now.sameTrust(contents) ? before.roots() : roots(now, before.roots());
      contents = now;
      material = new Material(own, roots);
    } catch (IOException | UncheckedIOException e) {
      complain(e);
    }
    boolean changed = !before.equals(material);
    if (changed) {
      LOG.log(
          Level.INFO, "{0} proves itself until {1}, roots believed: {2}", id(), expires(), roots());
    }
    return changed;
  }

  private OwnKey own(Contents now, OwnKey before) {
    try {
      return now.own(now());
    } catch (GeneralSecurityException e) {
      complain(e);
      return before;
    }
  }

  private Roots roots(Contents now, Roots before) {
    try {
      return now.roots();
    } catch (GeneralSecurityException e) {
      complain(e);
      return before;
    }
  }

  private void complain(Exception e) {
    complaints.say(
        Level.WARNING,
        id() + " goes on with what it had, " + options.files() + " cannot be used: " + reason(e));
  }

  private Runnable gauges() {
    Runnable own = gauge("own", () -> seconds(expires()));
    Runnable root = gauge("root", () -> seconds(roots().expires()));
    return () -> {
      own.run();
      root.run();
    };
  }

  private Runnable gauge(String which, DoubleSupplier seconds) {
    return options
        .observer()
        .gauge(
            "concordat.certificate.expires",
            Map.of("concordat.service", id().service(), "concordat.certificate", which),
            seconds);
  }

  private double seconds(Instant until) {
    return Duration.between(now(), until).toMillis() / 1e3;
  }

  private static String reason(Exception e) {
    return e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
  }

  /// The files' bytes: comparing them is cheaper than being fooled by a time of change.
  private record Contents(Text certificate, Text key, Text trust) {
    private static final long LARGEST = 1 << 20;

    static Contents read(PemFiles files) throws IOException {
      return new Contents(text(files.certificate()), text(files.key()), text(files.trust()));
    }

    OwnKey own(Instant now) throws GeneralSecurityException {
      return OwnKey.of(Pem.certificates(certificate.bytes()), Pem.key(key.bytes()), now);
    }

    Roots roots() throws GeneralSecurityException {
      return new Roots(Pem.certificates(trust.bytes()));
    }

    boolean sameOwn(Contents other) {
      return certificate.equals(other.certificate) && key.equals(other.key);
    }

    boolean sameTrust(Contents other) {
      return trust.equals(other.trust);
    }

    @Override
    public String toString() {
      return "Contents";
    }

    private static Text text(Path file) throws IOException {
      if (Files.size(file) > LARGEST) {
        throw new IOException(file + " is larger than 1 MiB");
      }
      return new Text(Files.readAllBytes(file));
    }
  }

  /// Bytes that can be compared.
  private static final class Text {
    private final byte[] bytes;

    Text(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Text text && Arrays.equals(bytes, text.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
