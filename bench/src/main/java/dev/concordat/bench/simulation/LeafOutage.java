package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.List;

/// Everything fails at the end of a chain.
final class LeafOutage implements Scenario {
  private static final List<String> CHAIN = List.of("c", "b", "a");
  private static final int INSTANCES = 3;
  private static final double SECONDS = 12;

  @Override
  public String name() {
    return "leaf-outage";
  }

  @Override
  public String story() {
    return """
        A client asks a, a asks b, b asks c, c asks the leaf: four hops, three instances each. From second 2 every call
        to the leaf fails at once. What the leaf gets for each call that was made, for 10 s. Three attempts at each of
        four hops and nothing else would be 81. The floor of ten retries a second counts for each of the three processes
        that ask the leaf, so it shows where calls are few.""";
  }

  @Override
  public Result play(long seed, Stack stack) {
    Played many = chain(seed, stack, 600);
    return new Result()
        .times("load", "load at the leaf, 600 calls a second", many.load())
        .times("load_at_100", "load at the leaf, 100 calls a second", chain(seed, stack, 100).load())
        .times("load_at_10", "load at the leaf, 10 calls a second", chain(seed, stack, 10).load())
        .millis("", "p99 until the caller is told", many.tally().percentile(0.99));
  }

  private record Played(Tally tally, long arrivals) {
    double load() {
      return (double) arrivals / tally.calls();
    }
  }

  private static Played chain(long seed, Stack stack, double rate) {
    World world = new World(seed, stack);
    List<Work> works = new ArrayList<>();
    Fleet leaf = new Fleet(world, "leaf");
    for (int i = 0; i < INSTANCES; i++) {
      Work work =
          new Work(
              world.timeline(),
              world.random("leaf work " + i),
              stack.manners(),
              64,
              5 * Timeline.MILLISECOND);
      works.add(work);
      leaf.join(leaf.start(work));
    }
    Fleet next = leaf;
    for (String name : CHAIN) {
      Fleet fleet = new Fleet(world, name);
      for (int i = 0; i < INSTANCES; i++) {
        Service client = stack.client(world, name + "-" + i, next);
        fleet.join(fleet.start(new Hop(world, client)));
      }
      next = fleet;
    }
    Tally tally = new Tally(world.timeline());
    long[] before = {0};
    world
        .timeline()
        .at(
            2 * Timeline.SECOND,
            () -> {
              before[0] = leaf.arrivals();
              works.forEach(work -> work.fail(1));
            });
    Load load = new Load(world, List.of(stack.client(world, "edge", next)), tally);
    load.start(time -> rate, (long) (SECONDS * Timeline.SECOND));
    world.timeline().runUntil((long) ((SECONDS + 5) * Timeline.SECOND));
    return new Played(tally.between(2, SECONDS), leaf.arrivals() - before[0]);
  }
}
