package dev.concordat.calls.identity;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of a connection to a server, proven by its certificate.
///
/// Threads: safe for many.
public final class Peer {
  private final Tls tls;
  private final X509Certificate[] chain;
  private final SpiffeId id;
  private final Instant since;
  private volatile Verdict verdict;

  Peer(Tls tls, X509Certificate[] chain, SpiffeId id) {
    this.tls = tls;
    this.chain = chain;
    this.id = id;
    this.since = tls.now();
    this.verdict = new Verdict(tls.roots(), null);
  }

  /// Its name.
  public SpiffeId id() {
    return id;
  }

  /// Whether its root is still trusted. A certificate that has expired since the connection was
  /// opened is: the connection's age bounds for how long.
  public boolean believed() {
    Roots now = tls.roots();
    Verdict last = verdict;
    if (!last.roots().equals(now)) {
      last = new Verdict(now, judge(now));
      verdict = last;
    }
    return last.refused() == null;
  }

  private @Nullable PeerRefused judge(Roots now) {
    try {
      now.judge(chain, Roots.Use.CLIENT, since);
      return null;
    } catch (PeerRefused e) {
      return e;
    }
  }

  @Override
  public String toString() {
    return id.toString();
  }

  private record Verdict(Roots roots, @Nullable PeerRefused refused) {}
}
