package dev.concordat.bench.simulation;

/// Instances that fail and are well again, over and over.
final class Flapping implements Scenario {
  private static final int FLAPPING = 3;

  @Override
  public String name() {
    return "flapping";
  }

  @Override
  public String story() {
    return """
    Three of ten instances fail every call at once for 2 s, are well for 2 s, and so on, each at other times. 1,000
    calls a second, 1 s each at most; measured for 20 s. Who fails at once is never busy, which attracts whoever looks
    for the least busy.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 10, 64, 10);
    for (int i = 0; i < FLAPPING; i++) {
      Work work = cluster.work(i);
      for (double second = 2 + 0.7 * i; second < 22; second += 4) {
        cluster.at(second, () -> work.fail(1));
        cluster.at(second + 2, () -> work.fail(0));
      }
    }
    Tally all = cluster.run(cluster.load(), time -> 1_000, 22);
    Tally during = all.between(2, 22);
    return new Result()
        .share("failed", "failed", during.failedShare())
        .millis("", "p99", during.percentile(0.99))
        .times("", "attempts for each call", cluster.attemptsPerCall())
        .chart(all.goodBySecond());
  }
}
