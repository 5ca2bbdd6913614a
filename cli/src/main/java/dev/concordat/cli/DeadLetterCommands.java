package dev.concordat.cli;

import com.google.protobuf.Timestamp;
import dev.concordat.calls.Calls;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.DeadLetter;
import dev.concordat.service.v1.ListDeadLettersRequest;
import dev.concordat.service.v1.OperationsClient;
import dev.concordat.service.v1.RedriveDeadLettersRequest;
import dev.concordat.service.v1.ShowDeadLetterRequest;
import dev.concordat.service.v1.ShownDeadLetter;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
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
    description = "Lists, shows and sends back messages that were given up on.",
    synopsisSubcommandLabel = "COMMAND")
final class DeadLetterCommands implements Runnable {
  private static final int MOST = 100;

  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  DeadLetterCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, show or redrive?");
  }

  @Command(name = "list", description = "Lists what was given up on and not sent back.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service) {
    PrintWriter out = spec.commandLine().getOut();
    List<String> found = new ArrayList<>();
    each(
        service,
        (name, operations) -> {
          try (Source<DeadLetter> letters =
              operations.listDeadLetters(
                  ListDeadLettersRequest.newBuilder().setLimit(MOST).build())) {
            letters.forEach(letter -> found.add(line(name, letter)));
          }
        });
    if (found.isEmpty()) {
      out.println("no dead letters");
    } else {
      out.printf("%-14s %-24s %-34s %-20s %s%n", "ID", "DIED AT", "OF", "KEY", "REASON");
      found.forEach(out::println);
    }
    out.flush();
    return 0;
  }

  @Command(name = "show", description = "Shows one of them, with every try.")
  int show(
      @Parameters(paramLabel = "ID", description = "As the list shows it, for example orders/17.")
          String id) {
    Id which = Id.parse(id);
    PrintWriter out = spec.commandLine().getOut();
    each(
        Optional.of(which.service()),
        (name, operations) ->
            print(
                operations.showDeadLetter(
                    ShowDeadLetterRequest.newBuilder().setDeadLetterId(which.number()).build()),
                out));
    out.flush();
    return 0;
  }

  @Command(name = "redrive", description = "Sends them back to where they failed.")
  int redrive(
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Which, for example orders/17.")
          List<String> ids,
      @Option(names = "--all", description = "All of all services.") boolean all) {
    if (all == !(ids == null || ids.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), "redrive which? Name ids as the list shows them, or --all");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (all) {
      each(Optional.empty(), (name, operations) -> redrive(name, List.of(), operations, out));
    } else {
      for (String id : ids) {
        Id which = Id.parse(id);
        each(
            Optional.of(which.service()),
            (name, operations) -> redrive(name, List.of(which.number()), operations, out));
      }
    }
    out.flush();
    return 0;
  }

  private void each(Optional<String> only, BiConsumer<String, OperationsClient> work) {
    Services services = new Services(plan, data);
    only.ifPresent(services::require);
    try (Calls calls = services.calls("cli")) {
      services.names().stream()
          .filter(name -> only.isEmpty() || only.get().equals(name))
          .forEach(name -> work.accept(name, new OperationsClient(calls.caller(name))));
    }
  }

  private static void redrive(
      String service, List<Long> ids, OperationsClient operations, PrintWriter out) {
    int sent =
        operations
            .redriveDeadLetters(
                RedriveDeadLettersRequest.newBuilder()
                    .addAllDeadLetterIds(ids)
                    .setRedrivenBy("cli " + System.getProperty("user.name", ""))
                    .build())
            .getRedriven();
    if (sent > 0 || !ids.isEmpty()) {
      out.printf("%s: %d sent back%n", service, sent);
    }
  }

  private static String line(String service, DeadLetter letter) {
    return String.format(
        Locale.ROOT,
        "%-14s %-24s %-34s %-20s %s",
        service + "/" + letter.getDeadLetterId(),
        at(letter.getDiedAt()),
        letter.getName(),
        letter.getKey(),
        letter.getReason());
  }

  private static void print(ShownDeadLetter shown, PrintWriter out) {
    DeadLetter letter = shown.getDeadLetter();
    out.println(letter.getTopic() + " " + letter.getKey());
    out.println("  given up by  " + letter.getName() + " at " + at(letter.getDiedAt()));
    out.println("  because      " + letter.getReason());
    if (!shown.getTraceId().isEmpty()) {
      out.println("  trace        " + shown.getTraceId());
    }
    shown
        .getTriesList()
        .forEach(
            one -> out.println("  tried        " + at(one.getTriedAt()) + "  " + one.getError()));
    out.println(shown.getMessageJson());
  }

  private static Instant at(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
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
