package dev.concordat.core;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// The virtual threads of one component: started by name, stopped and awaited together. The one place
/// outside of [Fanout] where threads are made.
///
/// Threads: safe for many. Work starts in the context of whoever starts it.
///
/// Failure: an exception that leaves the work goes to the thread's uncaught exception handler.
public final class Background implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String name;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopping = new AtomicBoolean();

  /// @param name prefix of the threads' names
  public Background(String name) {
    this.name = name;
  }

  /// Starts the work on a virtual thread of its own.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] once stopping
  public Thread start(String work, Runnable body) {
    Runnable bound = Context.wrap(body);
    Thread thread =
        Thread.ofVirtual()
            .name(name + "." + work)
            .unstarted(
                () -> {
                  try {
                    bound.run();
                  } finally {
                    running.remove(Thread.currentThread());
                  }
                });
    running.add(thread);
    if (stopping.get()) {
      running.remove(thread);
      throw Failure.of(Code.UNAVAILABLE, name + " is stopping and starts no new work");
    }
    thread.start();
    return thread;
  }

  /// Whether a stop was asked for; loops end when it was.
  public boolean stopping() {
    return stopping.get();
  }

  /// How many pieces of work are under way.
  public int size() {
    return running.size();
  }

  /// Lets no new work start and waits for what runs; then interrupts what is left.
  ///
  /// @param grace how long work may go on by itself
  /// @return true when everything had ended within the grace
  public boolean stop(Duration grace) {
    stopping.set(true);
    boolean clean = join(grace);
    if (!clean) {
      running.forEach(Thread::interrupt);
      join(PATIENCE);
    }
    return clean;
  }

  /// Interrupts everything and waits for it, 10 seconds at most.
  @Override
  public void close() {
    stopping.set(true);
    running.forEach(Thread::interrupt);
    join(PATIENCE);
  }

  private boolean join(Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    for (Thread thread : running) {
      try {
        if (thread.getState() != Thread.State.NEW
            && !thread.equals(Thread.currentThread())
            && !thread.join(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
