package dev.concordat.service;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Tail;
import dev.concordat.events.log.TailFrom;
import dev.concordat.service.v1.ListTopicsRequest;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.TopicInfo;
import dev.concordat.service.v1.TopicMessage;
import dev.concordat.service.v1.TopicPartition;
import dev.concordat.service.v1.TopicPositions;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Answers those who look into the log.
final class TopicsDesk implements TopicsApi {
  private static final Duration LATELY = Duration.ofMinutes(1);

  /// Between two looks while nothing comes; the reader hears as often how far it has come, which
  /// also shows whether it is still there.
  private static final Duration LOOK = Duration.ofMillis(500);

  private final String owner;
  private final Supplier<Broker> log;
  private final KnownMessages messages;
  private final Clock clock;

  TopicsDesk(String owner, Supplier<Broker> log, KnownMessages messages, Clock clock) {
    this.owner = owner;
    this.log = log;
    this.messages = messages;
    this.clock = clock;
  }

  @Override
  public void listTopics(ListTopicsRequest request, Sink<TopicInfo> out) {
    for (KnownMessages.Known known : messages.topics()) {
      out.send(request.getNamesOnly() ? named(known).build() : asked(known));
    }
  }

  @Override
  public void readTopic(ReadTopicRequest request, Sink<TopicRead> out) {
    KnownMessages.Known known = known(request.getTopic());
    var spec =
        new Tail.Spec(
            known.name(),
            from(request),
            request.hasPartition() ? Optional.of(request.getPartition()) : Optional.empty(),
            request.hasKey() ? Optional.of(request.getKey()) : Optional.empty());
    Broker broker = log.get();
    var _ = broker.declare(known.name(), known.retention());
    try (Tail tail = Tail.open(broker, spec)) {
      out.send(TopicRead.newBuilder().setBegan(positions(tail.positions())).build());
      read(tail, request, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "the service is stopping", e);
    }
  }

  private void read(Tail tail, ReadTopicRequest request, Sink<TopicRead> out)
      throws InterruptedException {
    long left = request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit();
    while (left > 0) {
      List<Broker.Logged> page = tail.next();
      for (Broker.Logged logged : page) {
        if (left > 0) {
          out.send(TopicRead.newBuilder().setMessage(message(logged)).build());
          left--;
        }
      }
      if (page.isEmpty()) {
        out.send(TopicRead.newBuilder().setReached(positions(tail.positions())).build());
        if (!request.getFollow()) {
          return;
        }
        tail.await(LOOK);
      }
    }
  }

  private KnownMessages.Known known(String name) {
    List<KnownMessages.Known> found =
        messages.topics().stream()
            .filter(known -> known.name().equals(name) || known.name().endsWith("." + name))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    String names =
        String.join(
            ", ",
            (found.isEmpty() ? messages.topics() : found)
                .stream().map(KnownMessages.Known::name).toList());
    throw found.isEmpty()
        ? Failure.notFound(owner + " knows no topic " + name + "; it knows " + names)
        : Failure.of(Code.INVALID_ARGUMENT, name + " may be any of " + names);
  }

  private static TailFrom from(ReadTopicRequest request) {
    return switch (request.getFromCase()) {
      case END -> new TailFrom.End();
      case AT -> new TailFrom.At(Protos.instant(request.getAt()));
      case LAST -> new TailFrom.Last(request.getLast());
      case POSITIONS -> new TailFrom.Positions(request.getPositions().getPositionsMap());
      case POSITION -> {
        if (!request.hasPartition()) {
          throw Failure.of(
              Code.INVALID_ARGUMENT,
              "a position means something within a partition: say which partition");
        }
        yield new TailFrom.Positions(Map.of(request.getPartition(), request.getPosition()));
      }
      case FROM_NOT_SET -> new TailFrom.Beginning();
    };
  }

  private TopicMessage message(Broker.Logged logged) {
    var message =
        TopicMessage.newBuilder()
            .setPartition(logged.partition())
            .setPosition(logged.position())
            .setAppendedAt(Protos.timestamp(logged.appendedAt()))
            .setKey(logged.message().key())
            .putAllEnvelope(Protos.envelope(logged.message()));
    switch (messages.line(logged.message().topic(), logged.message().payload())) {
      case KnownMessages.Json json -> message.setMessageJson(json.text());
      case KnownMessages.Unreadable _ -> message.setUnreadable(logged.message().payload());
    }
    return message.build();
  }

  private TopicInfo asked(KnownMessages.Known known) {
    Broker broker = log.get();
    var _ = broker.declare(known.name(), known.retention());
    Map<Integer, Long> begins = broker.begins(known.name());
    Instant since = clock.now().minus(LATELY);
    var info = named(known);
    long lately = 0;
    for (var end : new TreeMap<>(broker.ends(known.name())).entrySet()) {
      long begin = begins.getOrDefault(end.getKey(), 0L);
      info.addPartitions(
          TopicPartition.newBuilder()
              .setPartition(end.getKey())
              .setBegin(begin)
              .setEnd(end.getValue()));
      if (end.getValue() > begin) {
        lately += end.getValue() - broker.positionAt(known.name(), end.getKey(), since);
      }
    }
    return info.setPerSecond((double) lately / LATELY.toSeconds()).build();
  }

  private TopicInfo.Builder named(KnownMessages.Known known) {
    return TopicInfo.newBuilder()
        .setName(known.name())
        .setRetention(Protos.duration(known.retention()))
        .setOwned(known.owner().equals(owner));
  }

  private static TopicPositions positions(Map<Integer, Long> positions) {
    return TopicPositions.newBuilder().putAllPositions(positions).build();
  }
}
