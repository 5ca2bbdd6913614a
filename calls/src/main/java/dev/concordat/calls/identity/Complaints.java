package dev.concordat.calls.identity;

import dev.concordat.core.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Says the same thing once a minute at most: whoever knocks all day must not fill the log.
final class Complaints {
  private static final Duration SILENCE = Duration.ofMinutes(1);
  private static final int REMEMBERED = 100;

  private final System.Logger log;
  private final Clock clock;
  private final Map<String, Instant> said = new LinkedHashMap<>();

  Complaints(System.Logger log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  void say(Level level, String what) {
    if (due(what)) {
      log.log(level, what);
    }
  }

  private synchronized boolean due(String what) {
    Instant now = clock.now();
    Instant last = said.get(what);
    if (last != null && Duration.between(last, now).compareTo(SILENCE) < 0) {
      return false;
    }
    // Whatever is new after a hundred different ones pushes the oldest out.
    if (last == null && said.size() >= REMEMBERED) {
      said.remove(said.keySet().iterator().next());
    }
    said.put(what, now);
    return true;
  }
}
