package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.ListSchedulesRequest;
import dev.concordat.service.v1.RunScheduleRequest;
import dev.concordat.service.v1.RunScheduleResponse;
import dev.concordat.service.v1.ScheduleLine;
import dev.concordat.service.v1.TaskDeskClient;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat schedules`: what services ask for by the clock.
@Command(
    name = "schedules",
    description = "Shows what services ask for by the clock, and asks for it now.",
    synopsisSubcommandLabel = "COMMAND")
final class ScheduleCommands implements Runnable {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  ScheduleCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list or run?");
  }

  @Command(name = "list", description = "Lists them with their next and their last time.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    Table table = Table.of("SCHEDULE", "WHEN", "ZONE", "NEXT", "LAST", "ASKS FOR");
    Services services = new Services(plan, data);
    service.ifPresent(services::require);
    try (Calls calls = services.calls("cli")) {
      for (String name : services.names()) {
        if (service.isEmpty() || service.get().equals(name)) {
          try (Source<ScheduleLine> schedules =
              new TaskDeskClient(calls.caller(name))
                  .listSchedules(ListSchedulesRequest.getDefaultInstance())) {
            schedules.forEach(one -> {
              if (json) {
                out.println(CallLines.json("service", name, one));
              } else {
                add(table, name, one);
              }
            });
          }
        }
      }
    }
    if (!json) {
      table.print(out, "no service asks for anything by the clock");
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "run",
      description = "Asks for its task now, beside its times; the next time stays what it is.")
  int run(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id) {
    int slash = id.indexOf('/');
    if (slash < 1 || slash == id.length() - 1) {
      throw Refusal.because("\"" + id + "\" is no schedule; `concordat schedules list` shows them");
    }
    String service = id.substring(0, slash);
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    services.require(service);
    try (Calls calls = services.calls("cli")) {
      RunScheduleResponse asked =
          new TaskDeskClient(calls.caller(service))
              .runSchedule(
                  RunScheduleRequest.newBuilder().setName(id.substring(slash + 1)).build());
      out.println("asked for " + asked.getQueue() + " " + service + "/" + asked.getTaskId());
    }
    out.flush();
    return 0;
  }

  private static void add(Table table, String service, ScheduleLine one) {
    table.add(
        service + "/" + one.getName(),
        one.getCron(),
        one.getZone(),
        one.getInCode() ? Moments.utc(one.getNextAt()) : "gone from the code",
        one.hasLastAt() ? Moments.utc(one.getLastAt()) : "-",
        one.getQueue());
  }
}
