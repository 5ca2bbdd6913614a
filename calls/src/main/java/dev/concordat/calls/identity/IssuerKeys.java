package dev.concordat.calls.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The keys that an issuer publishes. Fetched every five minutes, and when a token names one that
/// is not known: at most once in ten seconds, by one for all who wait, so that whoever sends
/// invented names cannot make us hammer the issuer.
///
/// While the issuer does not answer, or answers nonsense, the keys known last stay.
///
/// Source: RFC 7517.
final class IssuerKeys implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(IssuerKeys.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final Duration BETWEEN = Duration.ofSeconds(10);
  private static final int MOST_KEYS = 100;

  private final URI uri;
  private final Clock clock;
  private final Door door = new Door();
  private final Background threads = new Background("issuer-keys");
  private final Complaints complaints;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Map<String, JWK> known = Map.of();
  private long asked;
  private boolean everAsked;

  IssuerKeys(URI uri, Clock clock) {
    this.uri = uri;
    this.clock = clock;
    this.complaints = new Complaints(LOG, clock);
    Context.root().run(() -> threads.start("refresh", this::refresh));
  }

  /// The key of this name; asks the issuer once more when it is not known.
  Optional<JWK> find(String name) {
    JWK key = known.get(name);
    if (key != null) {
      return Optional.of(key);
    }
    fetchIfDue(BETWEEN);
    return Optional.ofNullable(known.get(name));
  }

  /// Whether there is any: without, nothing can be said about any token.
  boolean any() {
    return !known.isEmpty();
  }

  @Override
  public void close() {
    threads.close();
    door.close();
  }

  private void refresh() {
    try {
      while (!threads.stopping()) {
        fetchIfDue(BETWEEN);
        clock.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// Whoever comes while another fetches waits for that one's keys.
  private void fetchIfDue(Duration between) {
    fetching.lock();
    try {
      long now = clock.nanos();
      if (everAsked && now - asked < between.toNanos()) {
        return;
      }
      everAsked = true;
      asked = now;
      known = read(door.get(uri));
    } catch (IOException | ParseException e) {
      complaints.say(
          Level.WARNING,
          "the issuer's keys cannot be had, "
              + known.size()
              + " known ones stay: "
              + e.getMessage());
    } finally {
      fetching.unlock();
    }
  }

  private static Map<String, JWK> read(String json) throws ParseException, IOException {
    Map<String, JWK> keys = new HashMap<>();
    for (JWK key : JWKSet.parse(json).getKeys()) {
      boolean signs = key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse());
      // A shared secret in a public place is no key.
      JWK shown = key.toPublicJWK();
      if (signs && shown != null && key.getKeyID() != null && keys.size() < MOST_KEYS) {
        keys.put(key.getKeyID(), shown);
      }
    }
    if (keys.isEmpty()) {
      throw new IOException("it publishes no key with a name (kid) for signatures");
    }
    return Map.copyOf(keys);
  }
}
