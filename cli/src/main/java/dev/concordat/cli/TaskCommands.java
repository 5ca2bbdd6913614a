package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.CancelTaskRequest;
import dev.concordat.service.v1.ListQueuesRequest;
import dev.concordat.service.v1.ListTasksRequest;
import dev.concordat.service.v1.QueueLine;
import dev.concordat.service.v1.RetryTaskRequest;
import dev.concordat.service.v1.ShowTaskRequest;
import dev.concordat.service.v1.TaskDeskClient;
import dev.concordat.service.v1.TaskLine;
import dev.concordat.service.v1.TaskState;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat tasks`: what is still to be done, in all services, and what to do about it.
@Command(
    name = "tasks",
    description = "Shows queues and tasks; cancels tasks, and tries them now.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "TASK is as the list shows it: receipts/01a1fdfb-0618-7513-b66c-4fffa4ee9ea1.",
      "Those that were given up on: concordat deadletters."
    })
final class TaskCommands implements Runnable {
  private static final int MOST = 100;

  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  TaskCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "queues, list, show, cancel, retry? For schedules: concordat schedules");
  }

  @Command(
      name = "queues",
      description =
          "Lists queues: tasks that wait for a worker, the age of the first in line, those that"
              + " run, those whose time is later, dead letters, and the bounds of the contract.")
  int queues(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    Table table =
        Table.of("QUEUE", ">WAITING", ">OLDEST", ">RUNNING", ">LATER", ">DEAD", "AT ONCE", "RATE");
    each(
        service,
        (name, desk) -> {
          try (Source<QueueLine> queues = desk.listQueues(ListQueuesRequest.getDefaultInstance())) {
            queues.forEach(queue -> {
              if (json) {
                out.println(CallLines.json("service", name, queue));
              } else {
                TaskLines.add(table, name, queue);
              }
            });
          }
        });
    if (!json) {
      table.print(out, "nobody works on a queue");
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists tasks that are still to be done, the first asked for first.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Option(
              names = "--queue",
              paramLabel = "NAME",
              description = "Only of this queue: the full name of the task.")
          Optional<String> queue,
      @Option(names = "--key", paramLabel = "KEY", description = "Only of this key.")
          Optional<String> key,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "Only in this: ready, later, behind, running, cancelled.")
          Optional<String> state,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "" + MOST,
              description = "At most so many of each service. Default: ${DEFAULT-VALUE}.")
          int limit,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    var request =
        ListTasksRequest.newBuilder()
            .setQueue(queue.orElse(""))
            .setKey(key.orElse(""))
            .setState(state.map(this::state).orElse(TaskState.TASK_STATE_UNSPECIFIED))
            .setLimit(Math.clamp(limit, 1, 1_000))
            .build();
    Table table = TaskLines.table();
    each(
        service,
        (name, desk) -> {
          try (Source<TaskLine> tasks = desk.listTasks(request)) {
            tasks.forEach(task -> {
              if (json) {
                out.println(CallLines.json("service", name, task));
              } else {
                TaskLines.add(table, name, task);
              }
            });
          }
        });
    if (!json) {
      table.print(out, "no such tasks are to be done");
    }
    out.flush();
    return 0;
  }

  @Command(name = "show", description = "Shows one, also when it has ended and is remembered.")
  int show(@Parameters(paramLabel = "TASK", description = "Which.") String task) {
    Id id = Id.parse(task);
    PrintWriter out = spec.commandLine().getOut();
    var request = ShowTaskRequest.newBuilder().setTaskId(id.id()).build();
    TaskLines.print(id.service(), ask(id, desk -> desk.showTask(request)), out);
    out.flush();
    return 0;
  }

  @Command(
      name = "cancel",
      description = "Takes one back. One that runs can from then on neither end nor commit.")
  int cancel(
      @Parameters(paramLabel = "TASK", description = "Which.") String task,
      @Option(names = "--because", required = true, paramLabel = "REASON", description = "Why.")
          String because) {
    Id id = Id.parse(task);
    var request =
        CancelTaskRequest.newBuilder()
            .setTaskId(id.id())
            .setBecause(DeadLetterCommands.me() + ": " + because)
            .build();
    boolean done = ask(id, desk -> desk.cancelTask(request)).getCancelled();
    return say(task, done, "is taken back", "has ended or was taken back before");
  }

  @Command(
      name = "retry",
      description = "Tries one now that waits for its time, delayed or failed.")
  int retry(@Parameters(paramLabel = "TASK", description = "Which.") String task) {
    Id id = Id.parse(task);
    var request = RetryTaskRequest.newBuilder().setTaskId(id.id()).build();
    boolean done = ask(id, desk -> desk.retryTask(request)).getRetried();
    return say(task, done, "is tried now", "does not wait for its time");
  }

  private int say(String task, boolean done, String yes, String no) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(task + " " + (done ? yes : no));
    out.flush();
    return done ? 0 : 1;
  }

  private TaskState state(String text) {
    try {
      return TaskState.valueOf("TASK_STATE_" + text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.subcommands().get("list"),
          "\"" + text + "\" is none of ready, later, behind, running, cancelled",
          e);
    }
  }

  private <R> R ask(Id id, Function<TaskDeskClient, R> question) {
    Services services = new Services(plan, data);
    services.require(id.service());
    try (Calls calls = services.calls("cli")) {
      return question.apply(new TaskDeskClient(calls.caller(id.service())));
    }
  }

  private void each(Optional<String> only, BiConsumer<String, TaskDeskClient> work) {
    Services services = new Services(plan, data);
    only.ifPresent(services::require);
    try (Calls calls = services.calls("cli")) {
      services.names().stream()
          .filter(name -> only.isEmpty() || only.get().equals(name))
          .forEach(name -> work.accept(name, new TaskDeskClient(calls.caller(name))));
    }
  }

  private record Id(String service, String id) {
    static Id parse(String text) {
      int slash = text.indexOf('/');
      if (slash < 1 || !text.substring(slash + 1).matches("[0-9a-fA-F-]{36}")) {
        throw Refusal.because(
            "\"" + text + "\" is no task; `concordat tasks list` shows them, like receipts/01a1…");
      }
      return new Id(text.substring(0, slash), text.substring(slash + 1));
    }
  }
}
