package dev.concordat.calls.discovery;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Counts what a class warns of.
final class Warnings extends Handler implements AutoCloseable {
  private final Logger logger;
  private final AtomicInteger count = new AtomicInteger();

  Warnings(Class<?> of) {
    logger = Logger.getLogger(of.getName());
    logger.addHandler(this);
  }

  int count() {
    return count.get();
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      count.incrementAndGet();
    }
  }

  @Override
  public void flush() {
    // Nothing is kept.
  }

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
