package dev.concordat.bench.simulation;

/// One of ten instances is slow all the time.
final class SlowEndpoint implements Scenario {
  private static final double SECONDS = 22;

  @Override
  public String name() {
    return "slow-endpoint";
  }

  @Override
  public String story() {
    return """
    One of ten instances takes twenty times as long (200 ms instead of 10) from the beginning, and is not overloaded
    by it. 1,500 calls a second, 2 s each at most; measured for 20 s after 2 s of getting to know each other. The
    ratio is to a run in which none is slow.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Tally well = run(new Cluster(new World(seed, stack), 10, 64, 10)).between(2, SECONDS);
    Cluster cluster = new Cluster(new World(seed, stack), 10, 64, 10);
    cluster.work(0).slow(20);
    Tally all = run(cluster);
    Tally slow = all.between(2, SECONDS);
    return new Result()
        .millis("", "p99, none slow", well.percentile(0.99))
        .millis("", "p50", slow.percentile(0.5))
        .millis("", "p99", slow.percentile(0.99))
        .millis("", "p99.9", slow.percentile(0.999))
        .times("p99_ratio", "p99 to none slow", slow.percentile(0.99) / well.percentile(0.99))
        .share(
            "",
            "calls that the slow one got",
            (double) cluster.instance(0).arrivals() / cluster.fleet().arrivals())
        .share("failed", "failed", slow.failedShare());
  }

  private static Tally run(Cluster cluster) {
    return cluster.run(cluster.load().withBudget(2 * Timeline.SECOND), time -> 1_500, SECONDS);
  }
}
