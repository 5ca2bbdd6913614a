package dev.concordat.bench.simulation;

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
    A client asks a, a asks b, b asks c, c asks the leaf: four hops, three instances each. Every call to the leaf
    fails at once, for 12 s: what the leaf gets for each call that was made. Three attempts at each of four hops and
    nothing else would be 81. Concordat's floor of ten retries a second counts for each of the three processes that
    ask the leaf: it shows where calls are few.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    return new Result()
        .times("load", "load at the leaf, 600 calls a second", chain(seed, stack, 600))
        .times("load_at_100", "load at the leaf, 100 calls a second", chain(seed, stack, 100))
        .times("load_at_10", "load at the leaf, 10 calls a second", chain(seed, stack, 10));
  }

  private static double chain(long seed, Stack stack, double rate) {
    World world = new World(seed, stack);
    Fleet leaf = new Fleet(world, "leaf");
    for (int i = 0; i < INSTANCES; i++) {
      Work work =
          new Work(
              world.timeline(),
              world.random("leaf work " + i),
              stack.manners(),
              64,
              5 * Timeline.MILLISECOND);
      work.fail(1);
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
    Load load = new Load(world, List.of(stack.client(world, "edge", next)), tally);
    load.start(time -> rate, (long) (SECONDS * Timeline.SECOND));
    world.timeline().runUntil((long) ((SECONDS + 5) * Timeline.SECOND));
    return (double) leaf.arrivals() / tally.calls();
  }
}
