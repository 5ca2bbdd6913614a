package dev.concordat.core;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

final class SourceIterator<T> implements Iterator<T> {
  private final Source<T> source;
  private Optional<T> ahead = Optional.empty();
  private boolean ended;

  SourceIterator(Source<T> source) {
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    if (!ended && ahead.isEmpty()) {
      ahead = source.next();
      ended = ahead.isEmpty();
    }
    return ahead.isPresent();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the stream has ended");
    }
    T taken = ahead.orElseThrow();
    ahead = Optional.empty();
    return taken;
  }
}
