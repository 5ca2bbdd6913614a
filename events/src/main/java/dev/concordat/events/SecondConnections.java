package dev.concordat.events;

import dev.concordat.core.Observer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Notices who takes another connection of the service's pool while a transaction of theirs keeps
/// one. What is done there is not part of the transaction; and as many who do so at once as the
/// pool has connections wait for each other until the pool gives up.
///
/// It is counted as `concordat.events.second_connections`, and each place in the code that does it
/// is named once in the log. A transaction is known by the thread that began it.
///
/// Threads: safe for many.
public final class SecondConnections {
  private static final Logger LOG = System.getLogger("dev.concordat.events");
  private static final int REMEMBERED = 1_000;
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private SecondConnections() {}

  /// To be called before a connection is taken.
  ///
  /// @param door the class at which connections are asked for: who called it is named
  public static void look(Observer observer, Class<?> door) {
    if (!OpenHere.any()) {
      return;
    }
    observer.count("concordat.events.second_connections", 1, Map.of());
    String place = caller(door);
    if (SAID.size() < REMEMBERED && SAID.add(place)) {
      LOG.log(
          Level.WARNING,
          "{0} takes another connection while its transaction keeps one: what it does there is not"
              + " part of the transaction, and as many of these at once as the pool has connections"
              + " stand still. Use the connection of the transaction, or another pool",
          place);
    }
  }

  private static String caller(Class<?> door) {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .dropWhile(frame -> !frame.getClassName().equals(door.getName()))
                .dropWhile(frame -> frame.getClassName().equals(door.getName()))
                .findFirst()
                .map(frame -> frame.toStackTraceElement().toString())
                .orElse("somebody"));
  }
}
