package dev.concordat.events.log;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Channel;
import dev.concordat.events.store.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Wakes readers: at once those of this process, and by one `NOTIFY` an append those of others, who
/// know by its first word that it is not their own. The notification is sent after the append has
/// been committed.
final class LogWake {
  private static final String CHANNEL = "concordat_log";
  private static final int PAYLOAD = 7_000;
  private static final String ORIGIN = "@";
  private static final String ALL = "*";
  private static final Duration LISTEN_AGAIN = Duration.ofMinutes(1);

  private final Channel channel;
  private final String self = ORIGIN + UUID.randomUUID();
  private final Map<String, Set<Runnable>> listeners = new ConcurrentHashMap<>();
  private final Loop loop = new Loop("listen", new Signal(), Observer.NONE, this::listen);
  private volatile boolean stopping;

  LogWake(Database database) {
    this.channel = new Channel(database, CHANNEL);
  }

  void start(Background background) {
    loop.start(background);
  }

  void stop() {
    stopping = true;
    loop.stop();
  }

  Runnable add(String topic, Runnable listener) {
    Set<Runnable> ofTopic = listeners.computeIfAbsent(topic, any -> ConcurrentHashMap.newKeySet());
    ofTopic.add(listener);
    return () -> ofTopic.remove(listener);
  }

  void tell(List<String> topics) {
    topics.forEach(this::wake);
    String names = String.join(" ", topics);
    String payload = self + " " + (names.length() > PAYLOAD ? ALL : names);
    try {
      channel.tell(payload);
    } catch (Failure unheard) {
      assert unheard != null; // what was appended is found by looking, too
    }
  }

  private void wake(String topic) {
    listeners.getOrDefault(topic, Set.of()).forEach(Runnable::run);
  }

  private Duration listen() {
    return channel.listen(() -> !stopping, this::hear) ? Duration.ZERO : LISTEN_AGAIN;
  }

  private void hear(String payload) {
    List<String> words = List.of(payload.split(" ", -1));
    if (words.contains(ALL)) {
      listeners.keySet().forEach(this::wake);
    } else if (!words.getFirst().equals(self)) {
      words.forEach(this::wake);
    }
  }
}
