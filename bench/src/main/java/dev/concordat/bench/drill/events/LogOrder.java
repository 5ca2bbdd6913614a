package dev.concordat.bench.drill.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.bench.promises.Breach;
import dev.concordat.bench.promises.Effect;
import dev.concordat.bench.promises.Findings;
import dev.concordat.bench.promises.History;
import dev.concordat.bench.promises.MessageChecker;
import dev.concordat.bench.promises.Told;
import dev.concordat.bench.till.v1.Sold;
import dev.concordat.events.log.Broker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What stands in the log, on whichever broker: each key in its order, nothing that was rolled
/// back, nothing twice. Every reader relies on that, and inbox marks would hide some of it.
///
/// What the log does not have any more is not missed here.
final class LogOrder {
  private static final String READER = "the log";
  private static final int AT_ONCE = 2_000;

  private LogOrder() {}

  static Findings check(Scene scene, List<Told> told) {
    History history = new History(READER, told, read(scene));
    return new Findings(
        MessageChecker.check(history).breaches().stream()
            .filter(breach -> breach.kind() != Breach.Kind.LOST)
            .filter(breach -> breach.kind() != Breach.Kind.STUCK)
            .toList());
  }

  /// A key is in one partition, so that positions are places.
  private static List<Effect> read(Scene scene) {
    String topic = Sold.getDescriptor().getFullName();
    List<Effect> effects = new ArrayList<>();
    try (OpenLog log = OpenLog.at(scene.log())) {
      Map<Integer, Long> ends = log.broker().ends(topic);
      Map<Integer, Long> from = new HashMap<>(log.broker().begins(topic));
      while (from.entrySet().stream().anyMatch(each -> each.getValue() < end(ends, each))) {
        List<Broker.Logged> some = log.broker().read(topic, from, AT_ONCE);
        if (some.isEmpty()) {
          return effects;
        }
        for (Broker.Logged logged : some) {
          from.merge(logged.partition(), logged.position() + 1, Math::max);
          effects.add(effect(logged));
        }
      }
    }
    return effects;
  }

  private static long end(Map<Integer, Long> ends, Map.Entry<Integer, Long> of) {
    return ends.getOrDefault(of.getKey(), 0L);
  }

  private static Effect effect(Broker.Logged logged) {
    try {
      long id = Sold.parseFrom(logged.message().payload()).getId();
      return new Effect(id, logged.message().key(), logged.position(), logged.appendedAt());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the log has a message that is none", e);
    }
  }
}
