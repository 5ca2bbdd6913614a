package dev.concordat.bench.simulation;

/// All instances are new at the same time.
final class ColdStart implements Scenario {
  private static final int INSTANCES = 5;
  private static final double COLD = 10;

  @Override
  public String name() {
    return "cold-start";
  }

  @Override
  public String story() {
    return """
    All five instances are replaced at second 5 by cold ones, which are eight times as slow and get well within 10 s.
    The load stays: 1,000 calls a second, half of what warm ones can do, 500 ms each at most. At first they can do
    a quarter of it.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), INSTANCES, 4, 10);
    for (int i = 0; i < INSTANCES; i++) {
      Server old = cluster.instance(i);
      cluster.at(
          5,
          () -> {
            cluster.fleet().leave(old);
            old.become(Server.State.DRAINING);
            Server next = cluster.start();
            warmUp(cluster, cluster.works().getLast());
            cluster.fleet().join(next);
          });
    }
    Tally all = cluster.run(cluster.load().withBudget(Timeline.SECOND / 2), time -> 1_000, 30);
    return new Result()
        .share("good", "good in the 10 cold seconds", 1 - all.between(5, 15).failedShare())
        .share("", "failed after them", all.between(15, 30).failedShare())
        .times("", "attempts for each call", cluster.attemptsPerCall())
        .share("", "wasted", cluster.wasted())
        .seconds("recovery_s", "until 95 % are good", all.secondsToRecover(5), 25)
        .chart(all.goodBySecond());
  }

  private static void warmUp(Cluster cluster, Work work) {
    for (int step = 0; step <= COLD; step++) {
      double factor = 1 + 7 * (1 - step / COLD);
      cluster.at(5 + step, () -> work.slow(factor));
    }
  }
}
