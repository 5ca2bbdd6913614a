package dev.concordat.calls.discovery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Addresses that are written down: for tests, and for places where something else (a mesh, a load
/// balancer) stands before the instances.
///
/// Threads: safe for many. Whoever watches is told on its own thread first: when that fails, the
/// watch fails.
public final class StaticResolver implements Resolver {
  private final Map<String, List<Endpoint>> known = new ConcurrentHashMap<>();
  private final Map<String, List<Consumer<List<Endpoint>>>> listeners = new ConcurrentHashMap<>();

  /// A resolver that knows nobody yet.
  public static StaticResolver empty() {
    return new StaticResolver();
  }

  /// A resolver with one service.
  public static StaticResolver of(String service, Endpoint... endpoints) {
    return new StaticResolver().with(service, endpoints);
  }

  private StaticResolver() {}

  /// Replaces the endpoints of a service and tells whoever watches it.
  ///
  /// @return this
  public StaticResolver with(String service, Endpoint... endpoints) {
    List<Consumer<List<Endpoint>>> watching = listeners(service);
    synchronized (watching) {
      known.put(service, List.of(endpoints));
      watching.forEach(listener -> Telling.tell(service, listener, List.of(endpoints)));
    }
    return this;
  }

  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    List<Consumer<List<Endpoint>>> watching = listeners(service);
    synchronized (watching) {
      listener.accept(known.getOrDefault(service, List.of()));
      watching.add(listener);
    }
    return new Watch() {
      @Override
      public void refresh() {
        // What is written down does not change by looking again.
      }

      @Override
      public void close() {
        watching.remove(listener);
      }
    };
  }

  private List<Consumer<List<Endpoint>>> listeners(String service) {
    return listeners.computeIfAbsent(service, name -> new CopyOnWriteArrayList<>());
  }
}
