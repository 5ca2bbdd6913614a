package dev.concordat.bench.promises;

import dev.concordat.bench.promises.Breach.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides from a history whether the promises about messages were kept: told at least once when
/// committed, never when rolled back; an effect once; the messages of a key in their order.
///
/// What has no effect is *lost* when a later one of its key has one: by the promise of order nobody
/// comes back to it. Otherwise it is *stuck*: its key has come no further.
///
/// Asked when all is quiet; asked earlier, what is under way counts as stuck.
public final class MessageChecker {
  private MessageChecker() {}

  /// Reads a history.
  public static Findings check(History history) {
    Map<Long, Told> told = new HashMap<>();
    history.told().forEach(message -> told.put(message.id(), message));
    List<Breach> breaches = new ArrayList<>();
    Map<String, Long> highest = effects(history, told, breaches);
    missing(history, highest, breaches);
    return new Findings(breaches);
  }

  /// @return the highest number that each key has come to
  private static Map<String, Long> effects(
      History history, Map<Long, Told> told, List<Breach> breaches) {
    Set<Long> seen = new HashSet<>();
    Map<String, Told> last = new HashMap<>();
    Map<String, Long> highest = new HashMap<>();
    List<Effect> inOrder =
        history.effects().stream().sorted(Comparator.comparingLong(Effect::place)).toList();
    for (Effect effect : inOrder) {
      Told message = told.get(effect.id());
      if (message == null) {
        breaches.add(
            new Breach(
                Kind.TOLD_ALTHOUGH_ROLLED_BACK,
                history.reader(),
                "message " + effect.id() + " of key " + effect.key(),
                "it has an effect, and was never committed"));
      } else if (!seen.add(effect.id())) {
        breaches.add(breach(Kind.DUPLICATED, history, message, "again at place " + effect.place()));
      } else {
        Told before = last.put(message.key(), message);
        if (!message.key().isEmpty() && before != null && before.number() > message.number()) {
          breaches.add(
              breach(Kind.OUT_OF_ORDER, history, message, "after number " + before.number()));
        }
        highest.merge(message.key(), message.number(), Math::max);
      }
    }
    return highest;
  }

  private static void missing(History history, Map<String, Long> highest, List<Breach> breaches) {
    Set<Long> done = new HashSet<>();
    history.effects().forEach(effect -> done.add(effect.id()));
    history.told().stream()
        .filter(message -> !done.contains(message.id()))
        .sorted(Comparator.comparing(Told::at))
        .forEach(message -> {
          long reached = highest.getOrDefault(message.key(), Long.MIN_VALUE);
          breaches.add(
              reached > message.number()
                  ? breach(Kind.LOST, history, message, "its key has come to number " + reached)
                  : breach(Kind.STUCK, history, message, "its key has come no further"));
        });
  }

  private static Breach breach(Kind kind, History history, Told message, String what) {
    return new Breach(
        kind,
        history.reader(),
        "message %d, number %d of key %s, told at %s"
            .formatted(message.id(), message.number(), message.key(), message.at()),
        what);
  }
}
