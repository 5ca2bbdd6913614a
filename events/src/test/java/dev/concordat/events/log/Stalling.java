package dev.concordat.events.log;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// A log that some producers cannot append to for a while.
public final class Stalling implements Broker {
  private final Broker log;
  private final String suffix;
  private final AtomicLong stalled = new AtomicLong();
  private volatile boolean stalling = true;

  /// @param suffix of the producers' names
  public Stalling(Broker log, String suffix) {
    this.log = log;
    this.suffix = suffix;
  }

  /// How often an append was refused.
  public long stalled() {
    return stalled.get();
  }

  public void letGo() {
    stalling = false;
  }

  @Override
  public boolean append(String producer, long sequence, List<Envelope> messages) {
    if (stalling && producer.endsWith(suffix)) {
      stalled.incrementAndGet();
      throw Failure.of(Code.UNAVAILABLE, "this producer is stalled");
    }
    return log.append(producer, sequence, messages);
  }

  @Override
  public int declare(String topic, Duration retention) {
    return log.declare(topic, retention);
  }

  @Override
  public long appended(String producer) {
    return log.appended(producer);
  }

  @Override
  public List<Logged> read(String topic, Map<Integer, Long> from, int max) {
    return log.read(topic, from, max);
  }

  @Override
  public Map<Integer, Long> begins(String topic) {
    return log.begins(topic);
  }

  @Override
  public Map<Integer, Long> ends(String topic) {
    return log.ends(topic);
  }

  @Override
  public long positionAt(String topic, int partition, Instant at) {
    return log.positionAt(topic, partition, at);
  }

  @Override
  public Runnable onAppend(String topic, Runnable listener) {
    return log.onAppend(topic, listener);
  }

  /// Goes on; the log itself belongs to somebody else.
  @Override
  public void close() {
    letGo();
  }
}
