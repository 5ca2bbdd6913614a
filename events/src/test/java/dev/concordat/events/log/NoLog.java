package dev.concordat.events.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A log of which nothing is needed.
public final class NoLog implements Broker {
  @Override
  public int declare(String topic, Duration retention) {
    return 1;
  }

  @Override
  public boolean append(String producer, long sequence, List<Envelope> messages) {
    return true;
  }

  @Override
  public long appended(String producer) {
    return 0;
  }

  @Override
  public List<Logged> read(String topic, Map<Integer, Long> from, int max) {
    return List.of();
  }

  @Override
  public Map<Integer, Long> begins(String topic) {
    return Map.of(0, 0L);
  }

  @Override
  public Map<Integer, Long> ends(String topic) {
    return Map.of(0, 0L);
  }

  @Override
  public long positionAt(String topic, int partition, Instant at) {
    return 0;
  }

  @Override
  public Runnable onAppend(String topic, Runnable listener) {
    return () -> {};
  }

  @Override
  public void close() {}
}
