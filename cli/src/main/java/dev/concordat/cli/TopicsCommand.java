package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.Subscription;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `concordat topics`: what is told, how much of it is kept, and who reads it.
@Command(
    name = "topics",
    description = "Lists the topics that running services know, and who reads them.",
    footer = {
      "",
      "MESSAGES are those that the log still has, TOLD all there ever were, RATE that of the last"
          + " minute; behind each reader stands how many messages wait for it."
    })
final class TopicsCommand implements Callable<Integer> {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  TopicsCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    try (Calls calls = services.calls("cli")) {
      Map<String, List<String>> readers = readers(services, calls);
      Table table = TopicLines.table();
      for (KnownTopics.Known known : KnownTopics.ask(services, calls, false).all()) {
        List<String> by = readers.getOrDefault(known.info().getName(), List.of());
        if (json) {
          out.println(CallLines.json("service", known.service(), known.info()));
        } else {
          TopicLines.add(table, known.info(), by);
        }
      }
      if (!json) {
        table.print(out, "no running service knows a topic");
      }
    }
    out.flush();
    return 0;
  }

  private static Map<String, List<String>> readers(Services services, Calls calls) {
    Map<String, List<String>> readers = new HashMap<>();
    for (String service : services.names()) {
      for (Subscription one : SubscriptionCommands.list(calls, service, "")) {
        readers
            .computeIfAbsent(one.getTopic(), any -> new ArrayList<>())
            .add(String.format(Locale.ROOT, "%s/%s %,d", service, one.getName(), one.getLag()));
      }
    }
    return readers;
  }
}
