package dev.concordat.core;

import java.util.Iterator;
import java.util.Optional;

/// Messages that arrive one after the other. Taking one asks the sender for the next: a slow reader
/// slows the sender, and memory stays flat.
///
/// Threads: one reader at a time. [#close()] may come from any thread and tells the sender to stop.
///
/// Failure: [#next()] and the iterator throw [Failure] when the sender failed, the deadline passed
/// or the stream was cancelled.
///
/// @param <T> the message
public interface Source<T> extends Iterable<T>, AutoCloseable {
  /// The next message; empty when the sender has finished. Blocks until there is one.
  Optional<T> next();

  /// Gives up the rest. Does nothing when the stream has ended.
  @Override
  void close();

  /// Reads to the end with a `for` loop. Can be used once.
  @Override
  default Iterator<T> iterator() {
    return new SourceIterator<>(this);
  }
}
