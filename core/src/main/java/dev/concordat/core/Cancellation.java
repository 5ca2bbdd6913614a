package dev.concordat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether somebody still waits for the work, and who wants to know when nobody does.
///
/// Threads: safe for many. Listeners run on the cancelling thread and must be short.
public final class Cancellation {
  private static final Cancellation NEVER = new Cancellation();

  private final List<Runnable> listeners = new ArrayList<>();
  private @Nullable Failure reason;

  /// A cancellation that never comes: for work that nobody waits for.
  public static Cancellation never() {
    return NEVER;
  }

  /// One that comes when the parent's does, or on its own.
  public static Cancellation under(Cancellation parent) {
    Cancellation child = new Cancellation();
    parent.onCancel(() -> child.cancel(parent.reason().orElseThrow()));
    return child;
  }

  /// One that only comes on its own.
  public static Cancellation create() {
    return new Cancellation();
  }

  /// Stops the work. The first reason counts; later calls do nothing.
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
      toRun = List.copyOf(listeners);
      listeners.clear();
    }
    toRun.forEach(Runnable::run);
  }

  /// Runs the listener once when cancelled; at once when that has happened.
  ///
  /// @return takes the listener away again; work that ends calls it, so that nothing piles up
  public Runnable onCancel(Runnable listener) {
    if (this == NEVER) {
      return () -> {};
    }
    synchronized (listeners) {
      if (reason == null) {
        listeners.add(listener);
        return () -> remove(listener);
      }
    }
    listener.run();
    return () -> {};
  }

  /// Why it was cancelled; empty while it was not.
  public Optional<Failure> reason() {
    synchronized (listeners) {
      return Optional.ofNullable(reason);
    }
  }

  /// Whether it was cancelled.
  public boolean cancelled() {
    return reason().isPresent();
  }

  private void remove(Runnable listener) {
    synchronized (listeners) {
      listeners.remove(listener);
    }
  }
}
