package dev.concordat.events;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Hears every word that Concordat logs, stack traces included, until it is closed.
public final class Ears extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.concordat");
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  public Ears() {
    setLevel(Level.ALL);
    setFormatter(new SimpleFormatter());
    logger.setLevel(Level.ALL);
    logger.addHandler(this);
  }

  /// The lines in which this text stands.
  public Queue<String> with(String text) {
    Queue<String> found = new ConcurrentLinkedQueue<>(lines);
    found.removeIf(line -> !line.contains(text));
    return found;
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(getFormatter().format(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
  }
}
