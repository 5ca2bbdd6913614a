package dev.concordat.bench.simulation;

/// Nobody can look up anything for a minute.
final class RegistryOutage implements Scenario {
  @Override
  public String name() {
    return "registry-outage";
  }

  @Override
  public String story() {
    return """
    The registry cannot be reached from second 5 to second 65. In that time one of five instances stops for good
    (second 20) and one restarts at its address (second 35, back after 2 s); both end what they have. 200 calls a
    second, 1 s each at most; half of them must not be worked on twice.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 5, 16, 10);
    Fleet fleet = cluster.fleet();
    Server stopping = cluster.instance(0);
    Server restarting = cluster.instance(1);
    cluster
        .at(5, () -> fleet.registryIsGone(true))
        .at(
            20,
            () -> {
              fleet.leave(stopping);
              stopping.become(Server.State.DRAINING);
            })
        .at(20.5, () -> stopping.become(Server.State.GONE))
        .at(35, () -> restarting.become(Server.State.DRAINING))
        .at(35.5, () -> restarting.become(Server.State.GONE))
        .at(37, () -> restarting.become(Server.State.UP))
        .at(65, () -> fleet.registryIsGone(false));
    Tally all = cluster.run(cluster.load().withUnsafe(0.5), time -> 200, 70);
    return new Result()
        .count("failed_calls", "failed calls", all.failed())
        .millis("", "p99", all.percentile(0.99))
        .millis("", "p99.9", all.percentile(0.999))
        .times("", "attempts for each call", cluster.attemptsPerCall());
  }
}
