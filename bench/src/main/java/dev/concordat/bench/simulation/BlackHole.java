package dev.concordat.bench.simulation;

/// One of ten instances takes calls and never answers.
final class BlackHole implements Scenario {
  @Override
  public String name() {
    return "black-hole";
  }

  @Override
  public String story() {
    return """
    One of ten instances goes on taking calls and answers none from second 5 to second 25, connections stand. 1,000
    calls a second, 1 s each at most, all of them safe to repeat.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 10, 64, 10);
    Server hole = cluster.instance(0);
    cluster.at(5, () -> hole.become(Server.State.SILENT));
    cluster.at(25, () -> hole.become(Server.State.UP));
    Tally all = cluster.run(cluster.load(), time -> 1_000, 30);
    Tally during = all.between(5, 25);
    return new Result()
        .share("failed", "failed while it is silent", during.failedShare())
        .share("", "failed in the first 2 s of it", all.between(5, 7).failedShare())
        .share("", "failed in the last 10 s of it", all.between(15, 25).failedShare())
        .millis("", "p99 while it is silent", during.percentile(0.99))
        .share("", "failed in the 5 s after", all.between(25, 30).failedShare())
        .chart(all.goodBySecond());
  }
}
