package dev.concordat.bench.drill.events;

import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A log that takes every append for a new one, and every message too.
record ForgetfulLog(Broker log) implements Broker {
  @Override
  public int declare(String topic, Duration retention) {
    return log.declare(topic, retention);
  }

  @Override
  public boolean append(String producer, long sequence, List<Envelope> messages) {
    return log.append(
        producer + "/" + UUID.randomUUID(),
        1,
        messages.stream().map(ForgetfulLog::renamed).toList());
  }

  private static Envelope renamed(Envelope message) {
    return new Envelope(
        UUID.randomUUID(),
        message.source(),
        message.topic(),
        message.key(),
        message.time(),
        message.headers(),
        message.payload());
  }

  @Override
  public long appended(String producer) {
    return 0;
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

  @Override
  public void close() {
    // Closed by whoever opened it.
  }
}
