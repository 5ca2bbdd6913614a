package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.ForgetPersonRequest;
import dev.concordat.service.v1.ForgetPersonResponse;
import dev.concordat.service.v1.PeopleClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat forget`: deletes the key of a person.
@Command(
    name = "forget",
    description = "Makes what a service has told of a person unreadable, for ever.",
    footer = {
      "",
      "Deletes the key with which the personal fields of the person are encrypted, in all events,",
      "tasks and sagas of the service, wherever they lie. The services' own tables are theirs.",
      "Exit code: 0 when there was something to forget, 1 when there was not.",
      "Example: concordat forget customer-17 --service orders --yes"
    })
final class ForgetCommand implements Callable<Integer> {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(
      paramLabel = "PERSON",
      description = "As the contract's field names them, for example a customer's id.")
  private String person = "";

  @Option(
      names = "--service",
      required = true,
      paramLabel = "SERVICE",
      description = "Whose messages; each service that told something of the person forgets it.")
  private String service = "";

  @Option(names = "--yes", description = "I know that this cannot be taken back.")
  private boolean yes;

  ForgetCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    if (!yes) {
      throw new ParameterException(
          spec.commandLine(),
          "what "
              + service
              + " has told of "
              + person
              + " will be unreadable for ever; say --yes when that is what you want");
    }
    Services services = new Services(plan, data);
    services.require(service);
    try (Calls calls = services.calls("cli")) {
      ForgetPersonResponse answer =
          new PeopleClient(calls.caller(service))
              .forgetPerson(ForgetPersonRequest.newBuilder().setPerson(person).build());
      return say(answer);
    }
  }

  private int say(ForgetPersonResponse answer) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        answer.getWasKnown()
            ? service
                + " has forgotten "
                + person
                + "; the last process notices within "
                + answer.getEffectiveWithin().getSeconds()
                + " s"
            : service + " has told nothing of " + person + ", or has forgotten them before");
    out.flush();
    return answer.getWasKnown() ? 0 : 1;
  }
}
