package dev.concordat.events.sagas;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which events sagas of this process listen to, and which messages they have to do with.
///
/// Threads: safe for many.
final class SagaMessages {
  private final Set<String> topics = ConcurrentHashMap.newKeySet();
  private final Map<String, Descriptor> types = new ConcurrentHashMap<>();

  /// Lets sagas listen to a topic; false when they did already.
  boolean listen(String topic) {
    return topics.add(topic);
  }

  boolean listens(String topic) {
    return topics.contains(topic);
  }

  void add(Descriptor type) {
    types.putIfAbsent(type.getFullName(), type);
  }

  Optional<Descriptor> find(String type) {
    return Optional.ofNullable(types.get(type));
  }
}
