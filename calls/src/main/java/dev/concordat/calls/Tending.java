package dev.concordat.calls;

import dev.concordat.calls.balance.Instance;
import dev.concordat.calls.wire.Connection;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks after instances in the background: connects to those that join before a call goes there,
/// and asks those that are out whether they are back, so that no call is spent on finding out.
///
/// An instance costs a virtual thread while it is out, and none while it is well, unless all are to
/// be asked for their health from time to time.
final class Tending implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Clock clock;
  private final Optional<Duration> every;
  private final Background threads;
  private final Set<Instance<Connection>> members = ConcurrentHashMap.newKeySet();
  private final Set<Instance<Connection>> tended = ConcurrentHashMap.newKeySet();

  /// @param every how often those that are well are asked; zero never asks them
  Tending(String service, Clock clock, Duration every) {
    this.clock = clock;
    this.every = Optional.of(every).filter(Duration::isPositive);
    this.threads = new Background("calls." + service);
  }

  /// Takes charge of an instance.
  void joined(Instance<Connection> instance) {
    members.add(instance);
    look(instance);
  }

  /// Lets go of it.
  void gone(Instance<Connection> instance) {
    members.remove(instance);
  }

  /// It may be out: looks after it until it is back. Returns at once.
  void look(Instance<Connection> instance) {
    if (wait(instance).isEmpty() || !members.contains(instance) || !tended.add(instance)) {
      return;
    }
    instance.tended(true);
    try {
      Context.root().run(() -> threads.start(instance.endpoint().address(), () -> tend(instance)));
    } catch (Failure stopping) {
      release(instance);
    }
  }

  private void tend(Instance<Connection> instance) {
    try {
      Optional<Duration> wait = wait(instance);
      while (wait.isPresent() && members.contains(instance)) {
        clock.sleep(wait.orElseThrow());
        instance.told(instance.connection().check(PATIENCE));
        wait = wait(instance);
      }
      release(instance);
      // It may have gone out again just now.
      look(instance);
    } catch (InterruptedException e) {
      release(instance);
      Thread.currentThread().interrupt();
    }
  }

  private void release(Instance<Connection> instance) {
    instance.tended(false);
    tended.remove(instance);
  }

  private Optional<Duration> wait(Instance<Connection> instance) {
    return instance.nextLook().or(() -> every);
  }

  @Override
  public void close() {
    members.clear();
    threads.close();
  }
}
