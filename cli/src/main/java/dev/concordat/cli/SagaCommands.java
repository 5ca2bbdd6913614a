package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.AbortSagaRequest;
import dev.concordat.service.v1.EndSagaRequest;
import dev.concordat.service.v1.ListSagasRequest;
import dev.concordat.service.v1.RetrySagaRequest;
import dev.concordat.service.v1.SagaDeskClient;
import dev.concordat.service.v1.SagaLine;
import dev.concordat.service.v1.SagaStatus;
import dev.concordat.service.v1.ShowSagaRequest;
import dev.concordat.service.v1.ShownSaga;
import dev.concordat.service.v1.ShownSagaStep;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat sagas`: what sagas have done and wait for, in all services, and what to do about
/// them.
@Command(
    name = "sagas",
    description = "Lists, shows, retries, aborts and ends sagas.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "SAGA is as the list shows it: orders/checkout/4711."})
final class SagaCommands implements Runnable {
  private static final int MOST = 100;

  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  SagaCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, show, retry, abort or end?");
  }

  @Command(name = "list", description = "Lists sagas that have not ended, the oldest first.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Option(names = "--type", paramLabel = "TYPE", description = "Only of this type.")
          Optional<String> type,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              split = ",",
              description =
                  "Only in these: running, waiting, undoing, completed, failed, stuck. Default:"
                      + " those that have not ended.")
          List<String> states,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    var request =
        ListSagasRequest.newBuilder()
            .setType(type.orElse(""))
            .setLimit(MOST)
            .addAllStatuses(states == null ? List.of() : states.stream().map(this::state).toList())
            .build();
    Table table = Table.of("SAGA", "STATE", "STARTED AT", "WAITS FOR / BECAUSE");
    PrintWriter out = spec.commandLine().getOut();
    each(
        service,
        (name, desk) -> {
          try (Source<SagaLine> sagas = desk.listSagas(request)) {
            sagas.forEach(saga -> {
              if (json) {
                out.println(CallLines.json("service", name, saga));
              } else {
                add(table, name, saga);
              }
            });
          }
        });
    if (!json) {
      table.print(
          out,
          states == null
              ? "no such sagas are under way; --state completed,failed shows those that have ended"
              : "no such sagas");
    }
    out.flush();
    return 0;
  }

  @Command(name = "show", description = "Shows one of them with all that it has done.")
  int show(@Parameters(paramLabel = "SAGA", description = "Which.") String saga) {
    Id id = Id.parse(saga);
    PrintWriter out = spec.commandLine().getOut();
    print(ask(id, desk -> desk.showSaga(id.shown())), out);
    out.flush();
    return 0;
  }

  @Command(
      name = "retry",
      description = "Lets a stuck one go on, and one whose undo waits for its next try.")
  int retry(@Parameters(paramLabel = "SAGA", description = "Which.") String saga) {
    Id id = Id.parse(saga);
    var request = RetrySagaRequest.newBuilder().setType(id.type()).setSagaId(id.id()).build();
    boolean retried = ask(id, desk -> desk.retrySaga(request)).getRetried();
    return say(saga, retried, "goes on", "is neither stuck nor waiting for an undo");
  }

  @Command(name = "abort", description = "Asks one to stop and to undo what it did.")
  int abort(
      @Parameters(paramLabel = "SAGA", description = "Which.") String saga,
      @Option(names = "--because", required = true, paramLabel = "REASON", description = "Why.")
          String because) {
    Id id = Id.parse(saga);
    var request =
        AbortSagaRequest.newBuilder()
            .setType(id.type())
            .setSagaId(id.id())
            .setBecause(because)
            .build();
    boolean requested = ask(id, desk -> desk.abortSaga(request)).getRequested();
    return say(
        saga, requested, "will stop and undo what it did", "has ended or is undoing already");
  }

  @Command(
      name = "end",
      description =
          "Ends one that is stuck or undoing as failed, without its remaining undos. What they"
              + " would have taken back stays as it is.")
  int end(
      @Parameters(paramLabel = "SAGA", description = "Which.") String saga,
      @Option(names = "--because", required = true, paramLabel = "REASON", description = "Why.")
          String because,
      @Option(names = "--yes", description = "I know that its undos are given up.") boolean yes) {
    if (!yes) {
      throw new ParameterException(
          spec.subcommands().get("end"),
          "its remaining undos will never run; say --yes when that is what you want");
    }
    Id id = Id.parse(saga);
    var request =
        EndSagaRequest.newBuilder()
            .setType(id.type())
            .setSagaId(id.id())
            .setEndedBy("cli " + System.getProperty("user.name", ""))
            .setBecause(because)
            .build();
    boolean ended = ask(id, desk -> desk.endSaga(request)).getEnded();
    return say(saga, ended, "is ended", "is neither stuck nor undoing");
  }

  private int say(String saga, boolean done, String yes, String no) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(saga + " " + (done ? yes : no));
    out.flush();
    return done ? 0 : 1;
  }

  private SagaStatus state(String text) {
    try {
      return SagaStatus.valueOf("SAGA_STATUS_" + text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.subcommands().get("list"),
          "\"" + text + "\" is none of running, waiting, undoing, completed, failed, stuck",
          e);
    }
  }

  private <R> R ask(Id id, Function<SagaDeskClient, R> question) {
    Services services = new Services(plan, data);
    services.require(id.service());
    try (Calls calls = services.calls("cli")) {
      return question.apply(new SagaDeskClient(calls.caller(id.service())));
    }
  }

  private void each(Optional<String> only, BiConsumer<String, SagaDeskClient> work) {
    Services services = new Services(plan, data);
    only.ifPresent(services::require);
    try (Calls calls = services.calls("cli")) {
      for (String name : services.names()) {
        if (only.isEmpty() || only.get().equals(name)) {
          askOne(name, new SagaDeskClient(calls.caller(name)), work);
        }
      }
    }
  }

  /// A service without a database of its own has no sagas to ask for.
  private static void askOne(
      String name, SagaDeskClient desk, BiConsumer<String, SagaDeskClient> work) {
    try {
      work.accept(name, desk);
    } catch (Failure e) {
      if (e.code() != Code.UNIMPLEMENTED) {
        throw e;
      }
    }
  }

  private static void add(Table table, String service, SagaLine saga) {
    table.add(
        service + "/" + saga.getType() + "/" + saga.getSagaId(),
        state(saga),
        Moments.utc(saga.getStartedAt()),
        saga.getWaitsFor().isEmpty()
            ? saga.getBecause()
            : saga.getWaitsFor() + " until " + Moments.utc(saga.getWaitsUntil()));
  }

  private static void print(ShownSaga shown, PrintWriter out) {
    SagaLine saga = shown.getLine();
    out.println(saga.getType() + " " + saga.getSagaId() + "  " + state(saga));
    told(
        out,
        "started",
        Moments.utc(saga.getStartedAt()) + ", has until " + Moments.utc(shown.getTimeoutAt()));
    told(out, "ended", saga.hasEndedAt() ? Moments.utc(saga.getEndedAt()) : "");
    told(out, "ended by", shown.getEndedBy());
    told(out, "cancelled", shown.getCancelBecause());
    told(out, "because", saga.getBecause());
    told(out, "undo tries", saga.getUndoTries() == 0 ? "" : saga.getUndoTries() + "");
    told(
        out,
        "waits for",
        saga.getWaitsFor().isEmpty()
            ? ""
            : saga.getWaitsFor() + " until " + Moments.utc(saga.getWaitsUntil()));
    told(out, "trace", shown.getTraceId());
    block(out, "input", shown.getInputJson());
    for (ShownSagaStep step : shown.getStepsList()) {
      String answer = step.getFailure().isEmpty() ? step.getAnswerJson() : step.getFailure();
      out.printf(
          "  %s  %-8s %-24s %s%n",
          Moments.shown(step.getRecordedAt()), step.getKind(), step.getName(), oneLine(answer));
    }
    block(out, "outcome", shown.getOutcomeJson());
  }

  private static void told(PrintWriter out, String what, String text) {
    if (!text.isEmpty()) {
      out.printf("  %-11s %s%n", what, text);
    }
  }

  private static void block(PrintWriter out, String what, String json) {
    if (!json.isEmpty()) {
      out.println("  " + what);
      json.lines().forEach(line -> out.println("    " + line));
    }
  }

  private static String oneLine(String json) {
    return json.lines().map(String::strip).collect(Collectors.joining(" "));
  }

  private static String state(SagaLine saga) {
    return saga.getStatus().name().substring("SAGA_STATUS_".length()).toLowerCase(Locale.ROOT);
  }

  private record Id(String service, String type, String id) {
    static Id parse(String text) {
      int first = text.indexOf('/');
      int second = text.indexOf('/', first + 1);
      if (first < 1 || second < first + 2 || second == text.length() - 1) {
        throw Refusal.because(
            "\""
                + text
                + "\" is no saga; `concordat sagas list` shows them, like"
                + " orders/checkout/4711");
      }
      return new Id(
          text.substring(0, first), text.substring(first + 1, second), text.substring(second + 1));
    }

    ShowSagaRequest shown() {
      return ShowSagaRequest.newBuilder().setType(type).setSagaId(id).build();
    }
  }
}
