package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;

/// Three times as much as can be done.
final class Overload implements Scenario {
  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String story() {
    return """
    Two instances can do 800 calls a second. 560 come for 5 s, then 2,400 for 20 s, then 560 again; one in ten is of
    high priority, two in ten of low. Each may take 500 ms. Goodput: calls answered well in time, as a share of the
    800; wasted: time of the slots that was spent for callers that had gone.\
    """;
  }

  @Override
  public Result play(long seed, Stack stack) {
    Cluster cluster = new Cluster(new World(seed, stack), 2, 4, 10);
    double capacity = cluster.capacity();
    Tally all =
        cluster.run(
            cluster.load().withBudget(Timeline.SECOND / 2),
            time ->
                time >= 5 * Timeline.SECOND && time < 25 * Timeline.SECOND
                    ? 3 * capacity
                    : 0.7 * capacity,
            35);
    Tally during = all.between(5, 25);
    return new Result()
        .share("goodput", "goodput of the 800", during.good() / (20 * capacity))
        .share("high_failed", "high priority: failed", during.of(Priority.HIGH).failedShare())
        .share("", "normal priority: failed", during.of(Priority.NORMAL).failedShare())
        .share("", "low priority: failed", during.of(Priority.LOW).failedShare())
        .millis("", "high priority: p99", during.of(Priority.HIGH).percentile(0.99))
        .times("", "attempts for each call", cluster.attemptsPerCall())
        .share("wasted", "wasted", cluster.wasted())
        .seconds("", "until 95 % are good after it", all.secondsToRecover(25), 10)
        .chart(all.goodBySecond());
  }
}
