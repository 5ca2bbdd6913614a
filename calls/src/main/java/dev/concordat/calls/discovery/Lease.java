package dev.concordat.calls.discovery;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/// One instance that is kept known at somebody who forgets those who fall silent.
///
/// A run of failures is logged once, and once more when it ends.
final class Lease implements Registrar.Registration {
  private static final Logger LOG = System.getLogger(Lease.class.getName());

  /// How an instance is made known.
  interface Listing {
    /// Makes it known, whether or not it is already.
    void enter() throws InterruptedException;

    /// Says that it is still there.
    ///
    /// @return whether it was still known
    boolean renew() throws InterruptedException;

    /// Takes it away.
    void leave() throws InterruptedException;
  }

  private final String what;
  private final Listing listing;
  private final Duration period;
  private final Clock clock;
  private final Thread thread;
  private boolean failing;
  private boolean closed;

  private Lease(String what, Listing listing, Duration period, Clock clock, Background threads) {
    this.what = what;
    this.listing = listing;
    this.period = period;
    this.clock = clock;
    this.thread = Context.root().call(() -> threads.start("renew", () -> run(threads)));
  }

  /// Makes the instance known, and keeps it so until it is closed.
  ///
  /// @param what the instance, for the log
  /// @throws Failure when it cannot be made known
  static Lease open(
      String what, Listing listing, Duration period, Clock clock, Background threads) {
    try {
      listing.enter();
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
    return new Lease(what, listing, period, clock, threads);
  }

  @Override
  public void close() {
    thread.interrupt();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      quietly(listing::leave);
    }
  }

  private void run(Background threads) {
    try {
      while (!threads.stopping()) {
        clock.sleep(period);
        synchronized (this) {
          if (closed) {
            return;
          }
          quietly(this::renew);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Who keeps it may have been restarted without a memory.
  private void renew() throws InterruptedException {
    if (!listing.renew()) {
      LOG.log(Level.INFO, what + " had been forgotten and is made known again");
      listing.enter();
    }
  }

  private void quietly(Step step) {
    try {
      step.run();
      if (failing) {
        LOG.log(Level.INFO, what + " can be kept known again");
      }
      failing = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!failing) {
        LOG.log(
            Level.WARNING, what + " cannot be kept known; it is tried again: " + e.getMessage());
      }
      failing = true;
    }
  }

  private static Failure interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return Failure.of(Code.CANCELLED, "interrupted while making " + what + " known", e);
  }

  private interface Step {
    void run() throws InterruptedException;
  }
}
