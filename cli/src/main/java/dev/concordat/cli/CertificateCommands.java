package dev.concordat.cli;

import dev.concordat.core.Clock;
import dev.concordat.service.LocalAuthority;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `concordat certificates`: what the parts of the system prove themselves with.
@Command(
    name = "certificates",
    description = "Shows the certificates of the system's parts, and replaces their root.",
    synopsisSubcommandLabel = "COMMAND")
final class CertificateCommands implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which? show or rotate-root");
  }

  @Command(name = "show", description = "Shows whose certificates there are, and until when.")
  void show() {
    PrintWriter out = spec.commandLine().getOut();
    try (LocalAuthority authority = authority()) {
      Instant now = Clock.SYSTEM.now();
      authority
          .show()
          .forEach(shown ->
              out.printf(
                  "%-12s until %s (%s)%n",
                  shown.part(), shown.expires(), left(Duration.between(now, shown.expires()))));
    }
    out.flush();
  }

  @Command(
      name = "rotate-root",
      description = {
        "Replaces the root while the system runs, without a failed call: every part believes both,",
        "then proves itself by the new one, then believes the new one alone."
      })
  void rotateRoot(
      @Option(
              names = "--pause",
              paramLabel = "TIME",
              defaultValue = "5s",
              description =
                  "Time for every part to look at its files, between the steps."
                      + " Default: ${DEFAULT-VALUE}.")
          String pause)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (LocalAuthority authority = authority()) {
      authority.rotateRoot(Times.parse(pause));
      out.println(
          "the root was replaced; it is good until " + authority.show().getFirst().expires());
    }
    out.flush();
  }

  private LocalAuthority authority() {
    if (!LocalAuthority.at(DataFolder.identity(data.path()))) {
      throw Refusal.because("no system was ever started on " + data.path());
    }
    return LocalAuthority.open(DataFolder.identity(data.path()), Clock.SYSTEM);
  }

  private static String left(Duration left) {
    if (left.isNegative()) {
      return "expired";
    }
    return left.toDays() > 1 ? left.toDays() + " days" : left.toMinutes() + " min";
  }
}
