package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.v1.ListTopicsRequest;
import dev.concordat.service.v1.TopicInfo;
import dev.concordat.service.v1.TopicsClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which running service knows which topic; the owner before others.
final class KnownTopics {
  private final Map<String, Known> topics = new TreeMap<>();

  /// A topic and the service that is asked about it.
  record Known(String service, TopicInfo info) {}

  /// Asks all running services.
  ///
  /// @param namesOnly without asking the log
  static KnownTopics ask(Services services, Calls calls, boolean namesOnly) {
    KnownTopics known = new KnownTopics();
    var request = ListTopicsRequest.newBuilder().setNamesOnly(namesOnly).build();
    for (String service : services.names()) {
      try (Source<TopicInfo> topics = new TopicsClient(calls.caller(service)).listTopics(request)) {
        topics.forEach(info -> known.add(service, info));
      }
    }
    return known;
  }

  private void add(String service, TopicInfo info) {
    if (info.getOwned() || !topics.containsKey(info.getName())) {
      topics.put(info.getName(), new Known(service, info));
    }
  }

  List<Known> all() {
    return List.copyOf(topics.values());
  }

  /// The one that is meant: its full name, or the end of it after a dot.
  Known find(String name) {
    List<Known> found =
        all().stream()
            .filter(known ->
                known.info.getName().equals(name) || known.info.getName().endsWith("." + name))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<Known> choice = found.isEmpty() ? all() : found;
    String names = String.join("\n  ", choice.stream().map(known -> known.info.getName()).toList());
    throw Refusal.because(
        (found.isEmpty()
                ? "no running service knows a topic \"" + name + "\"; there are:\n  "
                : "\"" + name + "\" may be any of:\n  ")
            + names);
  }
}
