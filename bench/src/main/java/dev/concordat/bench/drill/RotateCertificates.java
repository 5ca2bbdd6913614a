package dev.concordat.bench.drill;

import dev.concordat.calls.identity.Authority;
import dev.concordat.cli.Drill;
import dev.concordat.cli.DrillArguments;
import dev.concordat.cli.Verdict;
import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import java.io.IOException;
import java.time.Duration;

/// Certificates are replaced under load, and then the root: first both are trusted, then all prove
/// themselves by the new one, then the old one is trusted no more. Over and over.
public final class RotateCertificates implements Drill {
  private static final Duration LENGTH = Duration.ofSeconds(30);

  /// Files are looked at once a second.
  private static final Duration TAKEN_UP = Duration.ofMillis(2_500);

  @Override
  public String name() {
    return "rotate-certificates";
  }

  @Override
  public String description() {
    return "certificates and the root are replaced under load: no call fails";
  }

  @Override
  public String broken() {
    return "the old root is trusted no more before anybody has a certificate by the new one";
  }

  @Override
  public Verdict run(DrillArguments arguments) throws IOException {
    Authority root = Papers.authority("root 1");
    int leaves = 0;
    int roots = 0;
    try (Stage stage = Stage.secure(arguments, root)) {
      Deadline over = Deadline.after(arguments.length().orElse(LENGTH), Clock.SYSTEM);
      stage.goOn(TAKEN_UP);
      do {
        stage.server().prove(root);
        stage.goOn(TAKEN_UP);
        stage.caller().prove(root);
        stage.goOn(TAKEN_UP);
        leaves += 2;
        stage.say("new certificates for servers and caller");
        root = replace(stage, root, Papers.authority("root " + (roots + 2)), arguments.broken());
        roots++;
      } while (!over.expired());
      return stage.end(name(), leaves + " certificates and " + roots + " roots replaced");
    }
  }

  private static Authority replace(Stage stage, Authority root, Authority next, boolean broken) {
    if (broken) {
      stage.server().trust(next);
      stage.caller().trust(next);
      stage.goOn(TAKEN_UP);
    }
    stage.server().trust(root, next);
    stage.caller().trust(root, next);
    stage.goOn(TAKEN_UP);
    stage.server().prove(next);
    stage.caller().prove(next);
    stage.goOn(TAKEN_UP);
    stage.server().trust(next);
    stage.caller().trust(next);
    stage.goOn(TAKEN_UP);
    stage.say("a new root, the old one is trusted no more");
    return next;
  }
}
