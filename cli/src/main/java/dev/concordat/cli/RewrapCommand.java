package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.PeopleClient;
import dev.concordat.service.v1.WrapKeysRequest;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `concordat rewrap`: a new master key for all keys.
@Command(
    name = "rewrap",
    description = "Wraps the keys of all people with the current master key.",
    footer = {
      "",
      "After it, older master keys can be taken out of the file. No message is touched.",
      "Example: concordat rewrap --service orders"
    })
final class RewrapCommand implements Callable<Integer> {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--service",
      required = true,
      paramLabel = "SERVICE",
      description = "Who does it, for all services; one that has the master keys.")
  private String service = "";

  RewrapCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    Services services = new Services(plan, data);
    services.require(service);
    try (Calls calls = services.calls("cli")) {
      int keys =
          new PeopleClient(calls.caller(service))
              .wrapKeys(WrapKeysRequest.getDefaultInstance())
              .getWrappedKeys();
      PrintWriter out = spec.commandLine().getOut();
      out.println(keys + " keys are wrapped anew");
      out.flush();
      return 0;
    }
  }
}
