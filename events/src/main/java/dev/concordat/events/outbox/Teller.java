package dev.concordat.events.outbox;

import dev.concordat.core.ContextCodec;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Appends ticks to the log, and asks it which it has.
final class Teller {
  private final Parts parts;
  private final Ticks ticks;

  Teller(Parts parts, Ticks ticks) {
    this.parts = parts;
    this.ticks = ticks;
  }

  /// As whom the log knows a shard of this database.
  private String name(String producer, int shard) {
    return parts.owner() + "/" + producer + (shard == 0 ? "" : "/" + shard);
  }

  /// The newest tick that the log has of a shard under a name; 0 for none.
  long told(String producer, int shard) {
    return parts.broker().appended(name(producer, shard));
  }

  /// Whether the log has all shards of this tick, and so of those before it.
  boolean isTold(Tick tick) {
    for (int shard = 0; shard < tick.shards(); shard++) {
      if (tick.number() > 0 && told(tick.producer(), shard) < tick.number()) {
        return false;
      }
    }
    return true;
  }

  /// Appends the messages of a tick that belong to a shard; nothing when the log has them.
  void tell(Tick tick, int shard) {
    String producer = name(tick.producer(), shard);
    List<Envelope> messages = ticks.messages(tick, shard);
    if (parts.observer().equals(Observer.NONE)) {
      parts.broker().append(producer, tick.number(), messages);
    } else {
      tellWatched(producer, tick, messages);
    }
    parts.observer().record("concordat.events.tick.size", messages.size(), Map.of());
  }

  private void tellWatched(String producer, Tick tick, List<Envelope> messages) {
    List<Observation> observations = new ArrayList<>(messages.size());
    List<Envelope> watched = new ArrayList<>(messages.size());
    try {
      for (Envelope message : messages) {
        Map<String, String> headers = new HashMap<>(message.headers());
        Observation observation = observe(message, headers);
        observations.add(observation);
        observation
            .context()
            .trace()
            .ifPresent(trace -> headers.put(ContextCodec.TRACEPARENT, trace.traceparent()));
        watched.add(message.withHeaders(headers));
      }
      parts.broker().append(producer, tick.number(), watched);
    } catch (RuntimeException e) {
      observations.forEach(observation -> observation.failed(e));
      throw e;
    } finally {
      observations.forEach(Observation::close);
    }
  }

  private Observation observe(Envelope message, Map<String, String> headers) {
    return parts
        .observer()
        .begin(
            new Activity(
                Kind.INTERNAL,
                "append " + message.topic(),
                parts.codec().read(ContextCodec.carrier(headers)),
                Map.of(
                    "concordat.key", message.key(),
                    "messaging.system", "concordat",
                    "messaging.destination.name", message.topic(),
                    "messaging.message.id", message.id().toString())));
  }
}
