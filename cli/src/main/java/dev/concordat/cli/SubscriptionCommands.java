package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.ListSubscriptionsRequest;
import dev.concordat.service.v1.PartitionPosition;
import dev.concordat.service.v1.PauseSubscriptionRequest;
import dev.concordat.service.v1.ResumeSubscriptionRequest;
import dev.concordat.service.v1.SkipMessagesRequest;
import dev.concordat.service.v1.Subscription;
import dev.concordat.service.v1.SubscriptionsClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat subscriptions`: who reads what, how far they have come, and what to do about it.
@Command(
    name = "subscriptions",
    description = "Shows how subscriptions stand; pauses, resumes, and leaves messages out.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Example: concordat subscriptions pause receipts/receipts --reason 'mail is down'"
    })
final class SubscriptionCommands implements Runnable {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  SubscriptionCommands(Plan plan) {
    this.plan = plan;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, show, pause, resume or skip?");
  }

  @Command(
      name = "list",
      description =
          "Lists them: what waits in the log and since when, keys that are parked, dead letters,"
              + " the rate, and the time that is left at that rate. Those named `queue …` carry"
              + " tasks of other services.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only of this service.")
          Optional<String> service,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    service.ifPresent(services::require);
    Table table = SubscriptionLines.table();
    try (Calls calls = services.calls("cli")) {
      services.names().stream()
          .filter(name -> service.isEmpty() || service.get().equals(name))
          .forEach(name ->
              list(calls, name, "")
                  .forEach(one -> {
                    if (json) {
                      out.println(CallLines.json("service", name, one));
                    } else {
                      SubscriptionLines.add(table, name, one);
                    }
                  }));
    }
    if (!json) {
      table.print(out, "no subscriptions");
    }
    out.flush();
    return 0;
  }

  @Command(name = "show", description = "Shows one, with its pauses and its partitions.")
  int show(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id) {
    PrintWriter out = spec.commandLine().getOut();
    Id which = Id.parse(id);
    ask(
        which,
        calls -> {
          list(calls, which.service, which.name)
              .forEach(one -> SubscriptionLines.print(which.service, one, out));
          return "";
        });
    return 0;
  }

  @Command(
      name = "pause",
      description = "Lets it handle nothing more, in all processes; what is under way ends.")
  int pause(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id,
      @Option(names = "--key", paramLabel = "KEY", description = "Only this key.")
          Optional<String> key,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
          Optional<String> reason) {
    Id which = Id.parse(id);
    var request =
        PauseSubscriptionRequest.newBuilder()
            .setName(which.name)
            .setKey(key.orElse(""))
            .setPausedBy(DeadLetterCommands.me())
            .setReason(reason.orElse(""))
            .build();
    return ask(
        which,
        calls ->
            client(calls, which.service).pauseSubscription(request).getChanged()
                ? id + of(key) + " is paused"
                : id + of(key) + " was paused already");
  }

  @Command(name = "resume", description = "Lets it go on where it was.")
  int resume(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id,
      @Option(names = "--key", paramLabel = "KEY", description = "Only this key.")
          Optional<String> key) {
    Id which = Id.parse(id);
    var request =
        ResumeSubscriptionRequest.newBuilder()
            .setName(which.name)
            .setKey(key.orElse(""))
            .setResumedBy(DeadLetterCommands.me())
            .build();
    return ask(
        which,
        calls ->
            client(calls, which.service).resumeSubscription(request).getChanged()
                ? id + of(key) + " goes on"
                : id + of(key) + " was not paused");
  }

  @Command(
      name = "skip",
      description =
          "Leaves messages out, once, for good. What was tried becomes a dead letter; what was not"
              + " is still in the log. Say one of the options.")
  int skip(
      @Parameters(paramLabel = "SERVICE/NAME", description = "As the list shows it.") String id,
      @Option(
              names = "--message-of",
              paramLabel = "KEY",
              description = "The one message that this key waits for.")
          Optional<String> messageOf,
      @Option(
              names = "--key",
              paramLabel = "KEY",
              description = "All messages of this key that are parked now.")
          Optional<String> key,
      @Option(
              names = "--to",
              paramLabel = "P@N",
              description = "Everything below position N of partition P.")
          Optional<String> to,
      @Option(
              names = "--until",
              paramLabel = "WHEN",
              description = "Everything that came into the log before this instant.")
          Optional<String> until,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
          Optional<String> reason) {
    if (List.of(messageOf, key, to, until).stream().filter(Optional::isPresent).count() != 1) {
      throw new ParameterException(
          spec.subcommands().get("skip"),
          "skip what? Say one of --message-of, --key, --to and --until");
    }
    Id which = Id.parse(id);
    var request =
        SkipMessagesRequest.newBuilder()
            .setName(which.name)
            .setSkippedBy(DeadLetterCommands.me())
            .setReason(reason.orElse(""));
    messageOf.ifPresent(request::setMessageOfKey);
    key.ifPresent(request::setKey);
    to.map(SubscriptionCommands::position).ifPresent(request::setPosition);
    until
        .map(text -> Moments.timestamp(Moments.parse(text, Clock.SYSTEM.now())))
        .ifPresent(request::setUntil);
    AtomicLong skipped = new AtomicLong();
    ask(
        which,
        calls -> {
          skipped.set(client(calls, which.service).skipMessages(request.build()).getSkipped());
          return skipped.get() == 0
              ? "no message waits there; none is left out"
              : String.format(
                  Locale.ROOT,
                  "%,d message%s left out",
                  skipped.get(),
                  skipped.get() == 1 ? " is" : "s are");
        });
    return skipped.get() == 0 ? 1 : 0;
  }

  private static String of(Optional<String> key) {
    return key.map(one -> " for key " + one).orElse("");
  }

  static PartitionPosition position(String text) {
    if (!text.matches("\\d{1,6}@\\d{1,18}")) {
      throw Refusal.because("\"" + text + "\" is no place; write partition@position, like 3@17");
    }
    String[] parts = text.split("@", 2);
    return PartitionPosition.newBuilder()
        .setPartition(Integer.parseInt(parts[0]))
        .setPosition(Long.parseLong(parts[1]))
        .build();
  }

  private int ask(Id which, Function<Calls, String> question) {
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    services.require(which.service);
    try (Calls calls = services.calls("cli")) {
      String said = question.apply(calls);
      if (!said.isEmpty()) {
        out.println(said);
      }
    }
    out.flush();
    return 0;
  }

  static List<Subscription> list(Calls calls, String service, String name) {
    List<Subscription> found = new ArrayList<>();
    try (Source<Subscription> all =
        client(calls, service)
            .listSubscriptions(ListSubscriptionsRequest.newBuilder().setName(name).build())) {
      all.forEach(found::add);
    }
    return found;
  }

  private static SubscriptionsClient client(Calls calls, String service) {
    return new SubscriptionsClient(calls.caller(service));
  }

  record Id(String service, String name) {
    static Id parse(String text) {
      int slash = text.indexOf('/');
      if (slash < 1 || slash == text.length() - 1) {
        throw Refusal.because(
            "\""
                + text
                + "\" is no subscription; `concordat subscriptions list` shows them, like"
                + " receipts/receipts");
      }
      return new Id(text.substring(0, slash), text.substring(slash + 1));
    }
  }
}
