package dev.concordat.bench.drill;

import dev.concordat.calls.discovery.Registry;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import java.io.IOException;
import java.time.Duration;

/// The registry's database ends as after a crash and comes back later, while everybody is being
/// called. Then an instance is replaced: the registry works again.
public final class RegistryOutage implements Drill {
  private static final Duration LENGTH = Duration.ofSeconds(60);
  private static final Duration BEFORE = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "registry-outage";
  }

  @Override
  public String description() {
    return "the registry's database is gone for a while: no call fails";
  }

  @Override
  public String broken() {
    return "an instance is killed meanwhile, and loses what it works on";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    Duration length = arguments.length().orElse(LENGTH);
    try (Stage stage = Stage.open(arguments)) {
      stage.goOn(BEFORE);
      stage.database().vanish();
      stage.say("the registry's database is gone for " + length.toSeconds() + " s");
      stage.goOn(length.dividedBy(2));
      if (arguments.broken()) {
        stage.killOne();
      }
      stage.goOn(length.dividedBy(2));
      stage.database().comeBack();
      stage.say("it is back");
      // Until every lease has been renewed, and whoever has not come back is forgotten.
      stage.goOn(Registry.LEASE.plusSeconds(2));
      stage.replaceOldest(false);
      stage.goOn(BEFORE);
      return stage.end(name(), "registry gone for " + length.toSeconds() + " s");
    }
  }
}
