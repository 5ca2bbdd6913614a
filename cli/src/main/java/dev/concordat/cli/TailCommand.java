package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.PartitionPosition;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.TopicMessage;
import dev.concordat.service.v1.TopicPositions;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat tail`: reads a topic without being a subscription.
@Command(
    name = "tail",
    description = "Reads a topic, decoded by its contract, without leaving a trace in it.",
    footer = {
      "",
      "Without --from it shows the last ten messages. Fields that the contract hides are left out.",
      "Example: concordat tail OrderConfirmed --from -10m --follow"
    })
final class TailCommand implements Callable<Integer> {
  private static final int LAST = 10;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Plan plan;
  private final Map<Integer, Long> positions = new HashMap<>();
  private long shown;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(
      paramLabel = "TOPIC",
      description = "The message's full name, or the end of it: OrderConfirmed.")
  private String topic = "";

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      description =
          "start, end, an instant (2026-11-21T08:00:00Z), a time ago (-10m), a place as"
              + " partition@position (3@17), or with --partition a position (17).")
  private Optional<String> from = Optional.empty();

  @Option(names = "--key", paramLabel = "KEY", description = "Only this key.")
  private Optional<String> key = Optional.empty();

  @Option(names = "--partition", paramLabel = "P", description = "Only this partition.")
  private Optional<Integer> partition = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many messages; without --from the last ones.")
  private Optional<Long> limit = Optional.empty();

  @Option(
      names = "--follow",
      negatable = true,
      description = "Goes on with what comes, until Ctrl-C. Default: only with --from end.")
  private Optional<Boolean> follow = Optional.empty();

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  TailCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    Services services = new Services(plan, data);
    ReadTopicRequest.Builder request = request();
    try (Calls calls = services.calls("cli")) {
      KnownTopics.Known known = KnownTopics.ask(services, calls, true).find(topic);
      request.setTopic(known.info().getName());
      TopicsClient topics = new TopicsClient(calls.caller(known.service()));
      boolean more = true;
      while (more) {
        more = read(topics, request);
        request.setPositions(TopicPositions.newBuilder().putAllPositions(positions));
        limit.ifPresent(most -> request.setLimit(most - shown));
      }
      if (shown == 0 && !json) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("no such messages in " + known.info().getName());
        err.flush();
      }
    }
    return 0;
  }

  /// Reads until the end, or until the service goes away.
  ///
  /// @return whether to go on from where it was: only somebody who follows does
  private boolean read(TopicsClient topics, ReadTopicRequest.Builder request) {
    try (Source<TopicRead> source = topics.readTopic(request.build())) {
      source.forEach(one -> show(one, request.getTopic()));
      return false;
    } catch (Failure e) {
      boolean broken = e.code() == Code.UNAVAILABLE || e.code() == Code.DEADLINE_EXCEEDED;
      if (!broken || !request.getFollow() || positions.isEmpty()) {
        throw e;
      }
      Waiting.pause(PAUSE);
      return true;
    }
  }

  private void show(TopicRead one, String name) {
    switch (one.getWhatCase()) {
      case BEGAN -> positions.putAll(one.getBegan().getPositionsMap());
      case REACHED -> positions.putAll(one.getReached().getPositionsMap());
      case MESSAGE -> {
        TopicMessage message = one.getMessage();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
          out.println(TopicLines.json(name, message));
        } else {
          TopicLines.lines(message).forEach(out::println);
        }
        out.flush();
        positions.put(message.getPartition(), message.getPosition() + 1);
        shown++;
      }
      case WHAT_NOT_SET -> {}
    }
  }

  private ReadTopicRequest.Builder request() {
    ReadTopicRequest.Builder request =
        ReadTopicRequest.newBuilder()
            .setFollow(follow.orElseGet(() -> from.filter("end"::equals).isPresent()));
    key.ifPresent(request::setKey);
    partition.ifPresent(request::setPartition);
    limit.ifPresent(request::setLimit);
    String where = from.orElse("");
    if (where.isEmpty()) {
      return request.setLast((int) Math.min(LAST, limit.orElse((long) LAST)));
    }
    if (where.equals("end")) {
      return request.setEnd(true);
    }
    if (where.contains("@")) {
      PartitionPosition place = SubscriptionCommands.position(where);
      return request.setPartition(place.getPartition()).setPosition(place.getPosition());
    }
    if (where.matches("\\d{1,18}")) {
      if (partition.isEmpty()) {
        throw Refusal.because(
            "a position means something within a partition: add --partition, or write --from 3@"
                + where);
      }
      return request.setPosition(Long.parseLong(where));
    }
    return where.equals("start")
        ? request
        : request.setAt(
            Moments.timestamp(
                Moments.parse(where, Clock.SYSTEM.now(), "; start, end, or a place (3@17)")));
  }
}
