package dev.concordat.calls.discovery;

import dev.concordat.core.Background;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One name that is looked at on the network, again and again: what every resolver that asks
/// somebody has in common.
///
/// What was last told stands until a look succeeds. A run of failures is logged once, and once more
/// when it ends. A refresh ends a pause or a long wait, but not a look that has begun: otherwise a
/// slow source would never come to answer.
final class Lookout implements Resolver.Watch {
  private static final Logger LOG = System.getLogger(Lookout.class.getName());

  /// Looks once.
  @FunctionalInterface
  interface Look {
    /// Tells the lookout what it finds.
    ///
    /// @return how long that is good for
    /// @throws Failure when the source cannot be asked or answers nonsense
    Duration at(Lookout lookout) throws InterruptedException;
  }

  /// Waits for something to happen.
  @FunctionalInterface
  interface Waiting<T> {
    T await() throws InterruptedException;
  }

  private final String what;
  private final LookOptions options;
  private final Look look;
  private final Consumer<List<Endpoint>> listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread thread;
  private @Nullable List<Endpoint> told;
  private int failures;
  private boolean wanted;
  private boolean waiting;
  private boolean afresh = true;
  private volatile boolean closed;

  private Lookout(
      String what,
      Background threads,
      LookOptions options,
      Look look,
      Consumer<List<Endpoint>> listener) {
    this.what = what;
    this.options = options;
    this.look = look;
    this.listener = listener;
    this.thread = Context.root().call(() -> threads.start("look", () -> run(threads)));
  }

  /// Begins to look.
  ///
  /// @param what the source and the name, for the log
  static Lookout open(
      String what,
      Background threads,
      LookOptions options,
      Look look,
      Consumer<List<Endpoint>> listener) {
    return new Lookout(what, threads, options, look, listener);
  }

  /// The source has answered.
  void answered() {
    if (failures > 0) {
      failures = 0;
      LOG.log(Level.INFO, what + " can be asked again");
    }
  }

  /// The source has answered with this: whoever watches is told if that is news.
  void tell(List<Endpoint> endpoints) {
    answered();
    List<Endpoint> news = ordered(endpoints);
    if (!closed && !news.equals(told)) {
      told = news;
      Telling.tell(what, listener, news);
    }
  }

  /// What was told last: nothing in the beginning.
  List<Endpoint> told() {
    return told == null ? List.of() : told;
  }

  /// Whether this look was asked for or follows a failure, so that it should begin anew instead of
  /// going on where the last one ended.
  boolean afresh() {
    return afresh;
  }

  /// Waits in a way that a refresh ends.
  ///
  /// @throws InterruptedException when it did
  <T> T await(Waiting<T> wait) throws InterruptedException {
    lock.lock();
    try {
      if (wanted || closed) {
        throw new InterruptedException("asked to look again");
      }
      waiting = true;
    } finally {
      lock.unlock();
    }
    try {
      return wait.await();
    } finally {
      lock.lock();
      try {
        waiting = false;
        // An interrupt that came too late must not hit what follows.
        if (wanted && Thread.interrupted()) {
          LOG.log(Level.TRACE, "{0}: refreshed", what);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void refresh() {
    lock.lock();
    try {
      wanted = true;
      if (waiting) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run(Background threads) {
    while (!closed && !threads.stopping()) {
      long begun = options.clock().nanos();
      try {
        Duration pause = lookOnce();
        afresh = false;
        await(() -> {
          options.clock().sleep(pause);
          return pause;
        });
      } catch (InterruptedException e) {
        afresh = true;
      }
      if (!rested(begun, threads)) {
        return;
      }
    }
  }

  private Duration lookOnce() throws InterruptedException {
    lock.lock();
    try {
      wanted = false;
    } finally {
      lock.unlock();
    }
    try {
      return look.at(this);
    } catch (RuntimeException | Error e) {
      failed(e);
      return options.afterFailure().after(failures, options.random());
    }
  }

  private void failed(Throwable why) {
    failures++;
    if (failures > 1 || closed) {
      return;
    }
    String event = what + " cannot be asked; what was last known stands";
    if (why instanceof Failure failure) {
      LOG.log(Level.WARNING, event + ": " + failure.message());
    } else {
      LOG.log(Level.WARNING, event, why);
    }
  }

  /// However often somebody asks for a fresh look, and however fast a source fails.
  private boolean rested(long begun, Background threads) {
    try {
      if (afresh || failures > 0) {
        afresh = true;
        long since = options.clock().nanos() - begun;
        long left = options.rest().toNanos() - since;
        if (left > 0 && !closed && !threads.stopping()) {
          options.clock().sleep(Duration.ofNanos(left));
        }
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /// One for each address and in one order, so that an answer that is only shuffled is no news.
  private static List<Endpoint> ordered(List<Endpoint> endpoints) {
    Map<String, Endpoint> byAddress = new LinkedHashMap<>();
    endpoints.forEach(endpoint -> byAddress.putIfAbsent(endpoint.address(), endpoint));
    return byAddress.values().stream().sorted(Comparator.comparing(Endpoint::address)).toList();
  }
}
