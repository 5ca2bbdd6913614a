package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The instances of one service, and the registry in which clients find them. Clients look every
/// 500 ms, and soon when they ask for it; while the registry is away, what they know stands.
///
/// Threads: one.
final class Fleet {
  private static final long POLL = 500 * Timeline.MILLISECOND;
  private static final long REFRESH = 50 * Timeline.MILLISECOND;

  private final World world;
  private final String service;
  private final List<Server> registered = new ArrayList<>();
  private final List<Server> ever = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();
  private boolean registryIsGone;

  Fleet(World world, String service) {
    this.world = world;
    this.service = service;
  }

  /// A new instance, not yet in the registry.
  Server start(Service work) {
    Server instance = new Server(world, service + "-" + ever.size(), work);
    ever.add(instance);
    return instance;
  }

  void join(Server instance) {
    registered.add(instance);
  }

  void leave(Server instance) {
    registered.remove(instance);
  }

  void registryIsGone(boolean gone) {
    registryIsGone = gone;
  }

  /// Attempts that came to the doors of all instances so far.
  long arrivals() {
    return ever.stream().mapToLong(Server::arrivals).sum();
  }

  /// Tells a client the instances, now and whenever it sees that they have changed.
  ///
  /// @return asks for a fresh look
  Runnable watch(String client, Consumer<List<Server>> listener) {
    Watch watch = new Watch(listener);
    watches.add(watch);
    watch.look();
    watch.poll((long) (world.random(service + client + "poll").nextDouble() * POLL));
    return watch::refresh;
  }

  private final class Watch {
    private final Consumer<List<Server>> listener;
    private List<Server> told = List.of();
    private boolean refreshing;

    Watch(Consumer<List<Server>> listener) {
      this.listener = listener;
    }

    void poll(long delay) {
      world
          .timeline()
          .after(
              delay,
              () -> {
                look();
                poll(POLL);
              });
    }

    void refresh() {
      if (!refreshing) {
        refreshing = true;
        world
            .timeline()
            .after(
                REFRESH,
                () -> {
                  refreshing = false;
                  look();
                });
      }
    }

    void look() {
      if (!registryIsGone && !told.equals(registered)) {
        told = List.copyOf(registered);
        listener.accept(told);
      }
    }
  }
}
