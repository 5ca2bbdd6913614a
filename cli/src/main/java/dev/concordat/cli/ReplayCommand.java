package dev.concordat.cli;

import com.google.protobuf.Timestamp;
import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.Subscription;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat replay`: what reading again would mean, and how far it has come. A subscription is
/// never set back: its messages are marked as applied, and their effects are there.
@Command(
    name = "replay",
    description = "Says what reading a topic again would mean, and shows how far it has come.",
    footer = {
      "",
      "A replay is a new subscription with a name of its own, beside the one that reads live: the"
          + " old one is never set back, since what it did would be done twice. This command"
          + " changes nothing.",
      "Examples: concordat replay analytics/revenue-1 --from 2026-11-01",
      "          concordat replay analytics/revenue-2 --watch"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final Pattern NUMBERED = Pattern.compile("(.*-)([0-9]{1,6})");
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(paramLabel = "SERVICE/NAME", description = "A subscription, as listed.")
  private String id = "";

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      description = "start, an instant, or a time ago (-7d). Default: start.")
  private String from = "start";

  @Option(names = "--watch", description = "Shows how far it has come until it has caught up.")
  private boolean watch;

  ReplayCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    SubscriptionCommands.Id which = SubscriptionCommands.Id.parse(id);
    Services services = new Services(plan, data);
    services.require(which.service());
    PrintWriter out = spec.commandLine().getOut();
    try (Calls calls = services.calls("cli")) {
      Subscription one = SubscriptionCommands.list(calls, which.service(), which.name()).getFirst();
      if (watch) {
        watch(calls, which, one, out);
      } else {
        say(calls, which, one, out);
      }
    }
    out.flush();
    return 0;
  }

  private void say(Calls calls, SubscriptionCommands.Id which, Subscription one, PrintWriter out) {
    Map<Integer, Long> begin = began(new TopicsClient(calls.caller(which.service())), one);
    long messages =
        one.getPartitionsList().stream()
            .mapToLong(at -> at.getEnd() - begin.getOrDefault(at.getPartition(), at.getEnd()))
            .sum();
    long older = begin.values().stream().mapToLong(Long::longValue).sum();
    out.printf(
        Locale.ROOT,
        "a replay of %s from %s reads %,d messages in %d partitions and then goes on live%n",
        one.getTopic(),
        from,
        messages,
        begin.size());
    if (older > 0) {
      out.printf(
          Locale.ROOT,
          "  %,d older ones are not read%s%n",
          older,
          from.equals("start") ? ": the log no longer has them" : "");
    }
    if (one.getPerSecond() > 0) {
      out.printf(
          Locale.ROOT,
          "  at the rate that %s has now (%.1f/s) that takes %s%n",
          id,
          one.getPerSecond(),
          SubscriptionLines.time(
              Duration.ofMillis((long) (messages * 1_000 / one.getPerSecond()))));
    }
    out.println("  " + id + " is not touched; give the replay a name and tables of its own:");
    String type = one.getTopic().substring(one.getTopic().lastIndexOf('.') + 1);
    out.printf(
        "    events.subscribe(%s.class, \"%s\", SubscriptionOptions.DEFAULT.withStart(%s), …)%n",
        type,
        next(which.name()),
        from.equals("start")
            ? "Start.beginning()"
            : "Start.at(Instant.parse(\"" + Moments.utc(begin()) + "\"))");
    out.println(
        "  then: concordat replay " + which.service() + "/" + next(which.name()) + " --watch");
  }

  private Map<Integer, Long> began(TopicsClient topics, Subscription one) {
    var request = ReadTopicRequest.newBuilder().setTopic(one.getTopic());
    if (!from.equals("start")) {
      request.setAt(begin());
    }
    try (Source<TopicRead> source = topics.readTopic(request.build())) {
      Optional<TopicRead> first = source.next();
      return first.map(read -> read.getBegan().getPositionsMap()).orElse(Map.of());
    }
  }

  private void watch(
      Calls calls, SubscriptionCommands.Id which, Subscription first, PrintWriter out) {
    Subscription one = first;
    line(which, one).lines().forEach(out::println);
    out.flush();
    while (one.getLag() > 0) {
      Waiting.pause(EVERY);
      one = SubscriptionCommands.list(calls, which.service(), which.name()).getFirst();
      out.println(line(which, one).lines().getLast());
      out.flush();
    }
    out.println(id + " has caught up");
  }

  private static Table line(SubscriptionCommands.Id which, Subscription one) {
    Table table = SubscriptionLines.table();
    SubscriptionLines.add(table, which.service(), one);
    return table;
  }

  private Timestamp begin() {
    return Moments.timestamp(Moments.parse(from, Clock.SYSTEM.now(), "; or start"));
  }

  /// `revenue-2` after `revenue` and after `revenue-1`.
  static String next(String name) {
    Matcher numbered = NUMBERED.matcher(name);
    return numbered.matches()
        ? numbered.group(1) + (Integer.parseInt(numbered.group(2)) + 1)
        : name + "-2";
  }
}
