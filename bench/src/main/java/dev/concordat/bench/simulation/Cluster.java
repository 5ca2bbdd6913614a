package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/// One service with its instances, and three clients under one load.
///
/// Threads: one.
final class Cluster {
  private static final int CLIENTS = 3;

  /// Time for what is under way when the load ends.
  private static final long LAST = 5 * Timeline.SECOND;

  private final World world;
  private final Fleet fleet;
  private final int slots;
  private final long mean;
  private final List<Work> works = new ArrayList<>();
  private final List<Server> instances = new ArrayList<>();
  private final Tally tally;

  /// @param slots what one instance works on at once
  /// @param mean milliseconds of a piece of work
  Cluster(World world, int instances, int slots, int mean) {
    this.world = world;
    this.fleet = new Fleet(world, "server");
    this.slots = slots;
    this.mean = mean * Timeline.MILLISECOND;
    this.tally = new Tally(world.timeline());
    for (int i = 0; i < instances; i++) {
      fleet.join(start());
    }
  }

  /// One more process, which is not in the registry yet.
  Server start() {
    Work work =
        new Work(
            world.timeline(),
            world.random("work " + works.size()),
            world.stack().manners(),
            slots,
            mean);
    works.add(work);
    Server instance = fleet.start(work);
    instances.add(instance);
    return instance;
  }

  Fleet fleet() {
    return fleet;
  }

  Work work(int index) {
    return works.get(index);
  }

  List<Work> works() {
    return works;
  }

  Server instance(int index) {
    return instances.get(index);
  }

  /// Calls per second that all instances together can work on.
  double capacity() {
    return (double) instances.size() * slots * Timeline.SECOND / mean;
  }

  Load load() {
    List<Service> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(world.stack().client(world, "client-" + i, fleet));
    }
    return new Load(world, clients, tally);
  }

  /// Does something at a second.
  Cluster at(double second, Runnable what) {
    world.timeline().at((long) (second * Timeline.SECOND), what);
    return this;
  }

  /// Runs to the end of the load.
  Tally run(Load load, LongToDoubleFunction rate, double seconds) {
    long end = (long) (seconds * Timeline.SECOND);
    load.start(rate, end);
    world.timeline().runUntil(end + LAST);
    return tally;
  }

  /// Attempts for each call so far.
  double attemptsPerCall() {
    return (double) fleet.arrivals() / tally.calls();
  }

  /// The share of the slots' time that was spent for callers that had gone.
  double wasted() {
    long worked = works.stream().mapToLong(Work::worked).sum();
    long wasted = works.stream().mapToLong(Work::wasted).sum();
    return worked == 0 ? 0 : (double) wasted / worked;
  }
}
