package dev.concordat.bench.simulation;

/// Trouble that has passed: does the system come back by itself?
final class Recovery implements Scenario {
  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String story() {
    return """
    Two instances can do 800 calls a second and get 640. From second 5 to second 15 everything takes ten times as
    long, then all is well again. 500 ms for each call. A system that goes on drowning in what it has not done, and in
    what is asked again, does not come back by itself (a metastable failure).\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 2, 4, 10);
    for (Work work : cluster.works()) {
      cluster.at(5, () -> work.slow(10));
      cluster.at(15, () -> work.slow(1));
    }
    long[] before = {0};
    cluster.at(20, () -> before[0] = cluster.fleet().arrivals());
    Tally all = cluster.run(cluster.load().withBudget(Timeline.SECOND / 2), time -> 640, 80);
    return new Result()
        .share("", "good while all is slow", 1 - all.between(5, 15).failedShare())
        .seconds("recovery_s", "until 95 % are good after it", all.secondsToRecover(15), 65)
        .share("", "failed in the minute after it", all.between(15, 75).failedShare())
        .times(
            "load_after",
            "attempts for each call, from 5 s after it",
            (double) (cluster.fleet().arrivals() - before[0]) / all.between(20, 80).calls())
        .share("", "wasted", cluster.wasted())
        .chart(all.goodBySecond());
  }
}
