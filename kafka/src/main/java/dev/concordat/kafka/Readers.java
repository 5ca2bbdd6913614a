package dev.concordat.kafka;

import dev.concordat.events.log.Broker.Logged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/// The consumers of this process. A read gets the one that stands where it wants to read, so that
/// each subscription keeps its own without having one.
final class Readers implements AutoCloseable {
  private static final int MOST_OF_A_TOPIC = 16;
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Settings settings;
  private final Offsets offsets;
  private final Map<String, List<Reader>> idle = new HashMap<>();
  private boolean closed;

  Readers(Settings settings, Offsets offsets) {
    this.settings = settings;
    this.offsets = offsets;
  }

  List<Logged> read(String topic, Map<Integer, Long> from, int max) {
    Reader reader = borrow(topic, from);
    boolean whole = false;
    try {
      List<Logged> messages = reader.read(from, max);
      whole = true;
      return messages;
    } catch (KafkaException e) {
      throw KafkaFailures.of(e, settings, "reading " + topic);
    } finally {
      if (!whole || !giveBack(topic, reader)) {
        reader.close();
      }
    }
  }

  @Override
  public void close() {
    List<Reader> all;
    synchronized (idle) {
      closed = true;
      all = idle.values().stream().flatMap(List::stream).toList();
      idle.clear();
    }
    all.forEach(Reader::close);
  }

  private Reader borrow(String topic, Map<Integer, Long> from) {
    synchronized (idle) {
      List<Reader> readers = idle.getOrDefault(topic, List.of());
      Optional<Reader> best =
          readers.stream()
              .filter(reader -> reader.fits(from) > 0)
              .max(Comparator.comparingInt(reader -> reader.fits(from)));
      if (best.isPresent()) {
        readers.remove(best.get());
        return best.get();
      }
    }
    return new Reader(topic, settings, offsets);
  }

  /// Those that nobody has asked for in a while go.
  private boolean giveBack(String topic, Reader reader) {
    List<Reader> old;
    synchronized (idle) {
      if (closed) {
        return false;
      }
      List<Reader> readers = idle.computeIfAbsent(topic, any -> new ArrayList<>());
      readers.add(reader);
      old = new ArrayList<>(readers.stream().filter(it -> it.idle().compareTo(LONG) > 0).toList());
      if (old.isEmpty() && readers.size() > MOST_OF_A_TOPIC) {
        old.add(readers.getFirst());
      }
      readers.removeAll(old);
    }
    old.forEach(Reader::close);
    return true;
  }
}
