package dev.concordat.bench.simulation;

/// A new version, one instance after the other.
final class RollingRestart implements Scenario {
  @Override
  public String name() {
    return "rolling-restart";
  }

  @Override
  public String story() {
    return """
    Five instances are replaced one after the other, 3 s each: out of the registry, no new calls, the rest ends
    within 500 ms, gone; a second later its successor is in the registry, cold: five times as slow, well after 2 s.
    400 calls a second, 1 s each at most; half of them must not be worked on twice.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 5, 16, 10);
    for (int i = 0; i < 5; i++) {
      replace(cluster, i, 2 + 3 * i);
    }
    Tally all = cluster.run(cluster.load().withUnsafe(0.5), time -> 400, 20);
    return new Result()
        .count("failed_calls", "failed calls", all.failed())
        .millis("", "p99", all.percentile(0.99))
        .millis("", "p99.9", all.percentile(0.999))
        .times("", "attempts for each call", cluster.attemptsPerCall())
        .chart(all.goodBySecond());
  }

  private static void replace(Cluster cluster, int index, double second) {
    Server old = cluster.instance(index);
    cluster.at(
        second,
        () -> {
          cluster.fleet().leave(old);
          old.become(Server.State.DRAINING);
        });
    cluster.at(second + 0.5, () -> old.become(Server.State.GONE));
    cluster.at(
        second + 1,
        () -> {
          Server next = cluster.start();
          Work work = cluster.works().getLast();
          work.slow(5);
          cluster.at(second + 2, () -> work.slow(3));
          cluster.at(second + 3, () -> work.slow(1));
          cluster.fleet().join(next);
        });
  }
}
