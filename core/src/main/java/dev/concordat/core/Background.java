package dev.concordat.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The threads of one component, virtual ones unless it says otherwise: started by name, stopped
/// and awaited together. The one place outside of [Fanout] where threads are made.
///
/// Threads: safe for many. Work starts in the context of whoever starts it, deadline included: a
/// loop that outlives its starter is started from [Context#root()].
///
/// Failure: an exception that leaves the work ends it and is logged.
public final class Background implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final System.Logger LOG = System.getLogger(Background.class.getName());

  private final String name;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /// @param name prefix of the threads' names
  public Background(String name) {
    this.name = name;
  }

  /// Starts the work on a virtual thread of its own.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] once stopping
  public Thread start(String work, Runnable body) {
    return start(Thread.ofVirtual(), work, body);
  }

  /// Starts work that waits where a virtual thread would keep its carrier, such as reading a pipe:
  /// a few of those, and no other virtual thread of the process runs any more. It has a platform
  /// thread of its own, which does not keep the process alive.
  ///
  /// @throws Failure with [Code#UNAVAILABLE] once stopping
  public Thread startBlocking(String work, Runnable body) {
    return start(Thread.ofPlatform().daemon(), work, body);
  }

  private Thread start(Thread.Builder kind, String work, Runnable body) {
    Runnable bound = Context.wrap(() -> run(work, body));
    Thread thread = kind.name(name + "." + work).unstarted(bound);
    // Together, or a stop between the two would miss a thread that starts after it.
    synchronized (running) {
      if (stopping) {
        throw Failure.of(Code.UNAVAILABLE, name + " is stopping and starts no new work");
      }
      running.add(thread);
      thread.start();
    }
    return thread;
  }

  /// Whether a stop was asked for; loops end when it was.
  public boolean stopping() {
    return stopping;
  }

  /// How many pieces of work are under way.
  public int size() {
    return running.size();
  }

  /// Lets no new work start and waits for what runs; then interrupts what is left and waits for
  /// that, 10 seconds at most. Called from the component's own work, it does not wait for that
  /// work.
  ///
  /// @param grace how long work may go on by itself
  /// @return true when everything had ended within the grace
  public boolean stop(Duration grace) {
    refuse();
    boolean clean = join(grace);
    if (!clean) {
      interrupt();
      join(PATIENCE);
    }
    return clean;
  }

  /// Interrupts everything and waits for it, 10 seconds at most.
  @Override
  public void close() {
    refuse();
    interrupt();
    join(PATIENCE);
  }

  private void run(String work, Runnable body) {
    try {
      body.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, name + "." + work + " ended by an exception", e);
    } finally {
      running.remove(Thread.currentThread());
    }
  }

  private void refuse() {
    synchronized (running) {
      stopping = true;
    }
  }

  private void interrupt() {
    others().forEach(Thread::interrupt);
  }

  private boolean join(Duration patience) {
    long until = System.nanoTime() + Nanos.of(patience);
    try {
      for (Thread thread : others()) {
        if (!thread.join(Duration.ofNanos(until - System.nanoTime()))) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<Thread> others() {
    return running.stream().filter(thread -> !thread.equals(Thread.currentThread())).toList();
  }
}
