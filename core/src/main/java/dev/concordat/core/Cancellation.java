package dev.concordat.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether somebody still waits for the work, and who wants to know when nobody does.
///
/// Work that ends closes its cancellation, so that a parent which lives longer does not go on
/// holding it.
///
/// Threads: safe for many. Listeners run on the cancelling thread and must be short.
public final class Cancellation implements AutoCloseable {
  private static final Cancellation NEVER = new Cancellation();

  private final Map<Object, Runnable> listeners = new LinkedHashMap<>();
  private volatile @Nullable Failure reason;
  private volatile Runnable unlink = () -> {};

  /// A cancellation that never comes: for work that nobody waits for.
  public static Cancellation never() {
    return NEVER;
  }

  /// One that comes when the parent's does, or on its own.
  public static Cancellation under(Cancellation parent) {
    Cancellation child = new Cancellation();
    child.unlink = parent.onCancel(() -> child.cancel(parent.reason().orElseThrow()));
    return child;
  }

  /// One that only comes on its own.
  public static Cancellation create() {
    return new Cancellation();
  }

  /// Stops the work. The first reason counts; later calls do nothing.
  ///
  /// Failure: every listener runs, also when another one throws; the first exception is then
  /// thrown.
  public void cancel(Failure why) {
    if (this == NEVER) {
      throw new IllegalStateException("Cancellation.never() cannot be cancelled");
    }
    List<Runnable> toRun;
    synchronized (listeners) {
      if (reason != null) {
        return;
      }
      reason = why;
      toRun = List.copyOf(listeners.values());
      listeners.clear();
    }
    unlink.run();
    runAll(toRun);
  }

  /// Runs the listener once when cancelled; at once when that has happened.
  ///
  /// @return takes the listener away again; work that ends calls it, so that nothing piles up
  public Runnable onCancel(Runnable listener) {
    if (this == NEVER) {
      return () -> {};
    }
    Object registration = new Object();
    synchronized (listeners) {
      if (reason == null) {
        listeners.put(registration, listener);
        return () -> remove(registration);
      }
    }
    listener.run();
    return () -> {};
  }

  /// Why it was cancelled; empty while it was not.
  public Optional<Failure> reason() {
    return Optional.ofNullable(reason);
  }

  /// Whether it was cancelled.
  public boolean cancelled() {
    return reason != null;
  }

  /// The work has ended: the parent's cancellation no longer reaches this one. [#cancel] still
  /// works.
  @Override
  public void close() {
    unlink.run();
  }

  /// How many listeners wait; children count.
  int listeners() {
    synchronized (listeners) {
      return listeners.size();
    }
  }

  private void remove(Object registration) {
    synchronized (listeners) {
      listeners.remove(registration);
    }
  }

  private static void runAll(List<Runnable> listeners) {
    RuntimeException first = null;
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
