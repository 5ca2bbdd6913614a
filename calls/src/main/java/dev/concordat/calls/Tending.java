package dev.concordat.calls;

import dev.concordat.calls.balance.Instance;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Health;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks after instances in the background: connects to those that join before a call goes there,
/// and asks those that are out whether they are back, so that no call is spent on finding out.
///
/// An instance costs a virtual thread while it is out, and none while it is well.
final class Tending implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// Longer than to one that is known to be out: two processes that have just begun may take
  /// seconds for their first handshake where the processor is busy.
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(10);

  private final Clock clock;
  private final Optional<Duration> every;
  private final Background threads;
  private final Runnable reached;
  private final Set<Instance<Connection>> members = ConcurrentHashMap.newKeySet();
  private final Set<Instance<Connection>> tended = ConcurrentHashMap.newKeySet();

  /// @param every how often those that are well are asked too; zero never asks them
  /// @param reached told each time one of them has answered that it takes calls
  Tending(String service, Clock clock, Duration every, Runnable reached) {
    this.clock = clock;
    this.reached = reached;
    this.every = Optional.of(every).filter(Duration::isPositive);
    this.threads = new Background("calls." + service);
    this.every.ifPresent(pause -> start("checks", () -> checkAll(pause)));
  }

  /// Takes charge of an instance.
  void joined(Instance<Connection> instance) {
    members.add(instance);
    look(instance);
    if (every.isPresent()) {
      check(instance, PATIENCE);
    }
  }

  /// Takes charge of one of the first, which calls may go to already, and connects to it, so that
  /// the first call need not.
  void first(Instance<Connection> instance) {
    members.add(instance);
    check(instance, FIRST_PATIENCE);
  }

  /// Lets go of it.
  void gone(Instance<Connection> instance) {
    members.remove(instance);
  }

  /// It may be out: looks after it until it is back. Returns at once.
  void look(Instance<Connection> instance) {
    if (instance.nextLook().isPresent() && members.contains(instance) && tended.add(instance)) {
      instance.tended(true);
      if (!start(instance.endpoint().address(), () -> tend(instance))) {
        release(instance);
      }
    }
  }

  private void tend(Instance<Connection> instance) {
    try {
      Optional<Duration> wait = instance.nextLook();
      while (wait.isPresent() && members.contains(instance)) {
        clock.sleep(wait.orElseThrow());
        ask(instance, PATIENCE);
        wait = instance.nextLook();
      }
      release(instance);
      // It may have gone out again just now.
      look(instance);
    } catch (InterruptedException e) {
      release(instance);
      Thread.currentThread().interrupt();
    }
  }

  private void checkAll(Duration pause) {
    try {
      while (!threads.stopping()) {
        clock.sleep(pause);
        members.forEach(member -> check(member, PATIENCE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(Instance<Connection> instance, Duration patience) {
    if (tended.contains(instance)) {
      return;
    }
    start(
        instance.endpoint().address(),
        () -> {
          try {
            ask(instance, patience);
            look(instance);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void ask(Instance<Connection> instance, Duration patience) throws InterruptedException {
    Health health = instance.connection().check(patience);
    instance.told(health);
    if (health == Health.SERVING) {
      reached.run();
    }
  }

  /// @return false when stopping
  private boolean start(String work, Runnable body) {
    try {
      // Outlives the call that noticed.
      Context.root().run(() -> threads.start(work, body));
      return true;
    } catch (Failure stopping) {
      if (stopping.code() == Code.UNAVAILABLE) {
        return false;
      }
      throw stopping;
    }
  }

  private void release(Instance<Connection> instance) {
    instance.tended(false);
    tended.remove(instance);
  }

  @Override
  public void close() {
    members.clear();
    threads.close();
  }
}
