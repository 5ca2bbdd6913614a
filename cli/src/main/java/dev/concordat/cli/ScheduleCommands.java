package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.ListSchedulesRequest;
import dev.concordat.service.v1.PauseScheduleRequest;
import dev.concordat.service.v1.ResumeScheduleRequest;
import dev.concordat.service.v1.RunScheduleRequest;
import dev.concordat.service.v1.RunScheduleResponse;
import dev.concordat.service.v1.ScheduleLine;
import dev.concordat.service.v1.TaskDeskClient;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.BiFunction;
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
    description = "Shows what services ask for by the clock, asks for it now, pauses it.",
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
    throw new ParameterException(spec.commandLine(), "list, run, pause or resume?");
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
    return ask(
        id,
        (desk, name) -> {
          RunScheduleResponse asked =
              desk.runSchedule(RunScheduleRequest.newBuilder().setName(name).build());
          String service = id.substring(0, id.indexOf('/'));
          return "asked for " + asked.getQueue() + " " + service + "/" + asked.getTaskId();
        });
  }

  @Command(
      name = "pause",
      description = "Lets its times pass without asking for anything; `run` asks all the same.")
  int pause(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
          Optional<String> reason) {
    return ask(
        id,
        (desk, name) -> {
          var request =
              PauseScheduleRequest.newBuilder()
                  .setName(name)
                  .setPausedBy(DeadLetterCommands.me())
                  .setReason(reason.orElse(""))
                  .build();
          boolean changed = desk.pauseSchedule(request).getChanged();
          return id + (changed ? " is paused" : " was paused already");
        });
  }

  @Command(
      name = "resume",
      description = "Asks again from its next time on; what has passed is not made up for.")
  int resume(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id) {
    return ask(
        id,
        (desk, name) -> {
          var request = ResumeScheduleRequest.newBuilder().setName(name).build();
          return id + (desk.resumeSchedule(request).getChanged() ? " goes on" : " was not paused");
        });
  }

  private int ask(String id, BiFunction<TaskDeskClient, String, String> question) {
    int slash = id.indexOf('/');
    if (slash < 1 || slash == id.length() - 1) {
      throw Refusal.because("\"" + id + "\" is no schedule; `concordat schedules list` shows them");
    }
    String service = id.substring(0, slash);
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    services.require(service);
    try (Calls calls = services.calls("cli")) {
      out.println(
          question.apply(new TaskDeskClient(calls.caller(service)), id.substring(slash + 1)));
    }
    out.flush();
    return 0;
  }

  private static void add(Table table, String service, ScheduleLine one) {
    table.add(
        service + "/" + one.getName(),
        one.getCron(),
        one.getZone(),
        next(one),
        one.hasLastAt() ? Moments.utc(one.getLastAt()) : "-",
        one.getQueue());
  }

  private static String next(ScheduleLine one) {
    if (!one.getInCode()) {
      return "gone from the code";
    }
    return one.hasPausedAt() ? "paused by " + one.getPausedBy() : Moments.utc(one.getNextAt());
  }
}
