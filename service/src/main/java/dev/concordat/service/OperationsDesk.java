package dev.concordat.service;

import dev.concordat.core.Clock;
import dev.concordat.core.Sink;
import dev.concordat.events.Events;
import dev.concordat.events.subscriptions.SubscriptionView;
import dev.concordat.events.tasks.QueueLength;
import dev.concordat.service.v1.Backlog;
import dev.concordat.service.v1.BacklogLine;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.DeadLetterKind;
import dev.concordat.service.v1.GetBacklogRequest;
import dev.concordat.service.v1.ListCallsRequest;
import dev.concordat.service.v1.ListTargetsRequest;
import dev.concordat.service.v1.OperationsApi;
import dev.concordat.service.v1.TargetInstance;

/// Answers those who look after the service.
final class OperationsDesk implements OperationsApi {
  private final Events<?> events;
  private final CallsDesk calls;
  private final Clock clock;

  OperationsDesk(Events<?> events, CallsDesk calls, Clock clock) {
    this.events = events;
    this.calls = calls;
    this.clock = clock;
  }

  @Override
  public Backlog getBacklog(GetBacklogRequest request) {
    return Backlog.newBuilder()
        .addAllLines(events.queues().stream().map(this::queue).toList())
        .addAllLines(
            events.subscriptions().list().stream().map(OperationsDesk::subscription).toList())
        .build();
  }

  @Override
  public void listCalls(ListCallsRequest request, Sink<CallRecord> out) {
    calls.list(request, out);
  }

  @Override
  public void listTargets(ListTargetsRequest request, Sink<TargetInstance> out) {
    calls.targets(out);
  }

  private BacklogLine queue(QueueLength queue) {
    BacklogLine.Builder line =
        BacklogLine.newBuilder()
            .setKind(DeadLetterKind.TASK)
            .setName(queue.queue())
            .setWaiting(queue.waiting())
            .setParked(queue.later())
            .setWorkedOn(queue.leased());
    if (queue.oldest().isPositive()) {
      line.setOldestWaiting(Protos.timestamp(clock.now().minus(queue.oldest())));
    }
    return line.build();
  }

  private static BacklogLine subscription(SubscriptionView view) {
    BacklogLine.Builder line =
        BacklogLine.newBuilder()
            .setKind(DeadLetterKind.EVENT)
            .setName(view.name())
            .setWaiting(view.lag())
            .setParked(view.parkedMessages());
    view.oldestWaiting().map(Protos::timestamp).ifPresent(line::setOldestWaiting);
    return line.build();
  }
}
