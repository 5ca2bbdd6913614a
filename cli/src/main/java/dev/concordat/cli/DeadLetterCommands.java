package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.DeadLetter;
import dev.concordat.service.v1.DeadLetterFilter;
import dev.concordat.service.v1.DeadLetterState;
import dev.concordat.service.v1.DeadLettersClient;
import dev.concordat.service.v1.DiscardDeadLettersRequest;
import dev.concordat.service.v1.DiscardDeadLettersResponse;
import dev.concordat.service.v1.ListDeadLettersRequest;
import dev.concordat.service.v1.RedriveLine;
import dev.concordat.service.v1.RedriveOrder;
import dev.concordat.service.v1.ShowDeadLetterRequest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat deadletters`: messages that were given up on, in all services.
@Command(
    name = "deadletters",
    description = "Lists, shows, sends back and discards messages that were given up on.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Which ones: ids as the list shows them, or a filter (--service --of --topic --key --reason"
          + " --older-than --newer-than), or --all.",
      "Example: concordat deadletters redrive --of receipts --reason 'connection refused' --dry-run"
    })
final class DeadLetterCommands implements Runnable {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  DeadLetterCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, show, redrive or discard?");
  }

  @Command(name = "list", description = "Lists what was given up on, the oldest first.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Mixin DeadLetterSelection selection,
      @Option(
              names = "--state",
              defaultValue = "OPEN",
              description = "open, redriven, discarded or any. Default: open.")
          DeadLetterState state,
      @Option(
              names = "--limit",
              defaultValue = "100",
              description = "At most so many of each service, 1,000 at most. Default: 100.")
          int limit,
      @Option(
              names = "--after",
              paramLabel = "ID",
              description = "With SERVICE: those after this one, by its number.")
          long after,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    DeadLetterFilter filter = selection.filter().toBuilder().setState(state).build();
    Table table = DeadLetterLines.table();
    Services services = new Services(plan, data);
    try (Calls calls = services.calls("cli")) {
      for (String name : names(services, service)) {
        var request =
            ListDeadLettersRequest.newBuilder()
                .setFilter(filter)
                .setLimit(Math.clamp(limit, 1, 1_000))
                .setAfter(after)
                .build();
        try (Source<DeadLetter> letters =
            new DeadLettersClient(calls.caller(name)).listDeadLetters(request)) {
          letters.forEach(letter -> {
            if (json) {
              out.println(CallLines.json("service", name, letter));
            } else {
              DeadLetterLines.add(table, name, letter);
            }
          });
        }
      }
    }
    if (!json) {
      table.print(out, "no dead letters");
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "show",
      description = "Shows one of them: what it says, its envelope, every try, the stack trace.")
  int show(
      @Parameters(paramLabel = "ID", description = "As the list shows it, for example orders/17.")
          String id) {
    Id which = Id.parse(id);
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    services.require(which.service());
    try (Calls calls = services.calls("cli")) {
      DeadLetterLines.print(
          new DeadLettersClient(calls.caller(which.service()))
              .showDeadLetter(
                  ShowDeadLetterRequest.newBuilder().setDeadLetterId(which.number()).build()),
          out);
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "redrive",
      description =
          "Sends them back to the subscription or queue that gave them up, and to no other; those"
              + " of one key in their order. Ctrl-C stops it and says how many were sent.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:done", "1:some could not go back", "130:stopped by Ctrl-C"})
  int redrive(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Which, for example orders/17.")
          List<String> ids,
      @Mixin DeadLetterSelection selection,
      @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.")
          Optional<String> service,
      @Option(names = "--all", description = "All that wait.") boolean all,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most so many a second. Default: ${DEFAULT-VALUE}.")
          int rate,
      @Option(names = "--dry-run", description = "Only says what would be done.") boolean dryRun) {
    Map<String, List<Long>> which = which("redrive", ids, selection, service, all);
    Services services = new Services(plan, data);
    which.keySet().forEach(services::require);
    Map<String, RedriveOrder> orders = new LinkedHashMap<>();
    for (String name : which.isEmpty() ? names(services, service) : which.keySet()) {
      orders.put(
          name,
          RedriveOrder.newBuilder()
              .addAllDeadLetterIds(which.getOrDefault(name, List.of()))
              .setFilter(selection.filter())
              .setRedrivenBy(me())
              .setPerSecond(Math.clamp(rate, 1, 10_000))
              .setDryRun(dryRun)
              .build());
    }
    try (Calls calls = services.calls("cli")) {
      return new Redriving(spec.commandLine().getOut()).run(calls, orders);
    }
  }

  @Command(
      name = "discard",
      description = "Discards them: they stay as a record for 30 days and are never handled.")
  int discard(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Which, for example orders/17.")
          List<String> ids,
      @Mixin DeadLetterSelection selection,
      @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.")
          Optional<String> service,
      @Option(
              names = "--because",
              required = true,
              paramLabel = "TEXT",
              description = "Why, for the record.")
          String because,
      @Option(names = "--dry-run", description = "Only says what would be done.") boolean dryRun) {
    Map<String, List<Long>> which = which("discard", ids, selection, service, false);
    Services services = new Services(plan, data);
    which.keySet().forEach(services::require);
    PrintWriter out = spec.commandLine().getOut();
    long planned = 0;
    try (Calls calls = services.calls("cli")) {
      for (String name : which.isEmpty() ? names(services, service) : which.keySet()) {
        DiscardDeadLettersResponse done =
            new DeadLettersClient(calls.caller(name))
                .discardDeadLetters(
                    DiscardDeadLettersRequest.newBuilder()
                        .addAllDeadLetterIds(which.getOrDefault(name, List.of()))
                        .setFilter(selection.filter())
                        .setDiscardedBy(me())
                        .setBecause(because)
                        .setDryRun(dryRun)
                        .build());
        DeadLetterLines.plan(name, done.getPlanList(), out);
        planned += done.getPlanList().stream().mapToLong(RedriveLine::getCount).sum();
        if (!dryRun && done.getPlanCount() > 0) {
          out.printf("%s: %d discarded%n", name, done.getDiscarded());
        }
      }
    }
    long named = which.values().stream().mapToLong(List::size).sum();
    boolean missing = DeadLetterLines.missing(named, planned, out);
    out.flush();
    return missing ? 1 : 0;
  }

  /// Ids by service; none for what the filter says.
  private Map<String, List<Long>> which(
      String verb,
      List<String> ids,
      DeadLetterSelection selection,
      Optional<String> service,
      boolean all) {
    boolean named = ids != null && !ids.isEmpty();
    boolean filtered = !selection.saysNothing() || service.isPresent();
    if ((named ? 1 : 0) + (filtered ? 1 : 0) + (all ? 1 : 0) != 1) {
      throw new ParameterException(
          spec.subcommands().get(verb),
          verb
              + " which? Name ids as the list shows them, or a filter like --of NAME"
              + (verb.equals("redrive") ? ", or --all" : ""));
    }
    Map<String, List<Long>> which = new LinkedHashMap<>();
    for (String id : named ? ids : List.<String>of()) {
      Id one = Id.parse(id);
      which.computeIfAbsent(one.service(), any -> new ArrayList<>()).add(one.number());
    }
    return which;
  }

  private static List<String> names(Services services, Optional<String> only) {
    only.ifPresent(services::require);
    return services.names().stream()
        .filter(name -> only.isEmpty() || only.get().equals(name))
        .toList();
  }

  static String me() {
    return "cli " + System.getProperty("user.name", "");
  }

  private record Id(String service, long number) {
    static Id parse(String text) {
      int slash = text.indexOf('/');
      if (slash < 1 || !text.substring(slash + 1).matches("[0-9]{1,18}")) {
        throw Refusal.because(
            "\"" + text + "\" is no id; `concordat deadletters list` shows them, like orders/17");
      }
      return new Id(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
    }
  }
}
