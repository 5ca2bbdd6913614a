package dev.concordat.events.subscriptions;

import java.util.ArrayDeque;
import java.util.Deque;

/// How far a partition has come while its messages are handled side by side: up to the first that
/// is not done.
final class Progress {
  private final Deque<Entry> underWay = new ArrayDeque<>();
  private long next;
  private long done;

  /// @param position of the first message that is not done
  Progress(long position) {
    this.next = position;
    this.done = position;
  }

  /// One message under way.
  static final class Entry {
    private final long position;
    private boolean done;

    private Entry(long position) {
      this.position = position;
    }
  }

  /// The position to fetch from.
  synchronized long next() {
    return next;
  }

  /// Everything below is done.
  synchronized long done() {
    return done;
  }

  synchronized boolean idle() {
    return underWay.isEmpty();
  }

  synchronized Entry begin(long position) {
    Entry entry = new Entry(position);
    underWay.add(entry);
    next = position + 1;
    return entry;
  }

  synchronized void end(Entry entry) {
    entry.done = true;
    while (!underWay.isEmpty() && underWay.peek().done) {
      done = underWay.remove().position + 1;
    }
  }
}
