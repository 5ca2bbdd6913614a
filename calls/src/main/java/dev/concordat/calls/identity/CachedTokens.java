package dev.concordat.calls.identity;

import dev.concordat.core.Background;
import dev.concordat.core.Bearer;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps a token and replaces it before it expires: after 70 to 85 % of its life, at random, so
/// that many instances do not ask together. However many wait, the issuer is asked by one at a
/// time, and after a failure not again for 2 s.
///
/// While the issuer does not answer, the token at hand is used until 5 s before it expires.
///
/// Threads: safe for many.
public final class CachedTokens implements TokenSource, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CachedTokens.class.getName());
  private static final double EARLIEST = 0.70;
  private static final double LATEST = 0.85;
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final TokenIssuer issuer;
  private final Clock clock;
  private final RandomGenerator random;
  private final Complaints complaints;
  private final Background threads = new Background("token");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable Held held;
  private boolean asking;
  private @Nullable Failure failure;
  private long failedAt;

  private CachedTokens(TokenIssuer issuer, Clock clock, RandomGenerator random) {
    this.issuer = issuer;
    this.clock = clock;
    this.random = random;
    this.complaints = new Complaints(LOG, clock);
  }

  /// Nothing is asked before the first token is needed.
  public static CachedTokens of(TokenIssuer issuer, Clock clock, RandomGenerator random) {
    return new CachedTokens(issuer, clock, random);
  }

  @Override
  public Bearer token(Duration patience) {
    Held now = held;
    if (now != null && clock.nanos() - now.renewAt() < 0) {
      return now.token();
    }
    return renewed(patience);
  }

  /// Asks the issuer no more.
  @Override
  public void close() {
    threads.close();
  }

  private Bearer renewed(Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (true) {
        Held now = held;
        if (now != null && clock.nanos() - now.renewAt() < 0) {
          return now.token();
        }
        boolean good = now != null && clock.nanos() - now.until() < 0;
        Failure recent = recentFailure();
        if (recent == null) {
          ask();
        }
        if (good && now != null) {
          return now.token();
        }
        if (recent != null) {
          throw recent.here();
        }
        if (left <= 0) {
          throw unavailable("the issuer has not answered in time");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while waiting for a token", e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Failure recentFailure() {
    boolean recent = failure != null && clock.nanos() - failedAt < PAUSE.toNanos();
    return recent ? failure : null;
  }

  private void ask() {
    if (!asking) {
      asking = true;
      Context.root().run(() -> threads.start("renew", this::renew));
    }
  }

  private void renew() {
    Held fresh = null;
    Failure failed = null;
    try {
      fresh = hold(issuer.issue());
    } catch (IOException | RuntimeException | Error e) {
      failed = unavailable(String.valueOf(e.getMessage()));
      complaints.say(Level.WARNING, failed.message());
    }
    lock.lock();
    try {
      asking = false;
      failure = failed;
      failedAt = clock.nanos();
      held = fresh == null ? held : fresh;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Held hold(TokenIssuer.Issued issued) {
    long now = clock.nanos();
    long life = issued.lifetime().toNanos();
    long renew = (long) (life * random.nextDouble(EARLIEST, LATEST));
    return new Held(issued.token(), now + renew, now + Math.max(renew, life - MARGIN.toNanos()));
  }

  private static Failure unavailable(String why) {
    return Failure.of(Code.UNAVAILABLE, "there is no token for the call: " + why)
        .with(
            Failure.Details.NONE
                .withDecidedBy("token")
                .withReason("TOKEN_UNAVAILABLE")
                .withSettled(true)
                .withRetryAfter(PAUSE));
  }

  private record Held(Bearer token, long renewAt, long until) {}
}
