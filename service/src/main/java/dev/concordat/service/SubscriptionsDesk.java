package dev.concordat.service;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.events.Events;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.subscriptions.Skip;
import dev.concordat.events.subscriptions.SubscriptionView;
import dev.concordat.events.subscriptions.Subscriptions;
import dev.concordat.service.v1.ListSubscriptionsRequest;
import dev.concordat.service.v1.PauseSubscriptionRequest;
import dev.concordat.service.v1.PauseSubscriptionResponse;
import dev.concordat.service.v1.ResumeSubscriptionRequest;
import dev.concordat.service.v1.ResumeSubscriptionResponse;
import dev.concordat.service.v1.SkipMessagesRequest;
import dev.concordat.service.v1.SkipMessagesResponse;
import dev.concordat.service.v1.Subscription;
import dev.concordat.service.v1.SubscriptionPartition;
import dev.concordat.service.v1.SubscriptionPause;
import dev.concordat.service.v1.SubscriptionsApi;
import java.util.List;
import java.util.Map;

/// Answers those who look after subscriptions.
final class SubscriptionsDesk implements SubscriptionsApi {
  private static final int COUNTED = 1_000;

  private final Events<?> events;

  SubscriptionsDesk(Events<?> events) {
    this.events = events;
  }

  @Override
  public void listSubscriptions(ListSubscriptionsRequest request, Sink<Subscription> out) {
    Subscriptions subscriptions = events.subscriptions();
    List<SubscriptionView> views =
        request.getName().isEmpty()
            ? subscriptions.list()
            : List.of(subscriptions.show(request.getName()));
    views.stream().map(this::subscription).forEach(out::send);
  }

  @Override
  public PauseSubscriptionResponse pauseSubscription(PauseSubscriptionRequest request) {
    Subscriptions subscriptions = events.subscriptions();
    String by = request.getPausedBy();
    boolean changed =
        request.getKey().isEmpty()
            ? subscriptions.pause(request.getName(), by, request.getReason())
            : subscriptions.pauseKey(request.getName(), request.getKey(), by, request.getReason());
    return PauseSubscriptionResponse.newBuilder().setChanged(changed).build();
  }

  @Override
  public ResumeSubscriptionResponse resumeSubscription(ResumeSubscriptionRequest request) {
    Subscriptions subscriptions = events.subscriptions();
    boolean changed =
        request.getKey().isEmpty()
            ? subscriptions.resume(request.getName(), request.getResumedBy())
            : subscriptions.resumeKey(request.getName(), request.getKey(), request.getResumedBy());
    return ResumeSubscriptionResponse.newBuilder().setChanged(changed).build();
  }

  @Override
  public SkipMessagesResponse skipMessages(SkipMessagesRequest request) {
    Skip what =
        switch (request.getWhatCase()) {
          case MESSAGE_OF_KEY -> Skip.message(request.getMessageOfKey());
          case KEY -> Skip.key(request.getKey());
          case POSITION ->
              Skip.to(
                  Map.of(
                      request.getPosition().getPartition(), request.getPosition().getPosition()));
          case UNTIL -> Skip.until(Protos.instant(request.getUntil()));
          case WHAT_NOT_SET -> throw Failure.of(Code.INVALID_ARGUMENT, "say what to leave out");
        };
    long skipped =
        events
            .subscriptions()
            .skip(request.getName(), what, request.getSkippedBy(), request.getReason());
    return SkipMessagesResponse.newBuilder().setSkipped(skipped).build();
  }

  private Subscription subscription(SubscriptionView view) {
    DeadLetterFilter dead = DeadLetterFilter.OPEN.withName(view.name());
    var subscription =
        Subscription.newBuilder()
            .setName(view.name())
            .setTopic(view.topic())
            .addAllPauses(view.pauses().stream().map(SubscriptionsDesk::pause).toList())
            .addAllPartitions(view.partitions().stream().map(SubscriptionsDesk::partition).toList())
            .setLag(view.lag())
            .setParkedKeys(view.parkedKeys())
            .setParkedMessages(view.parkedMessages())
            .setDeadLetters(events.deadLetters().list(dead, 0, COUNTED).size())
            .setPerSecond(view.perSecond())
            .setCaughtUp(view.caughtUp())
            .setInCode(events.deadLetters().takes(DeadLetter.EVENT, view.name()));
    view.oldestWaiting().map(Protos::timestamp).ifPresent(subscription::setOldestWaiting);
    view.remaining().map(Protos::duration).ifPresent(subscription::setRemaining);
    events
        .down(view.name())
        .ifPresent(down ->
            subscription
                .setDownSince(Protos.timestamp(down.since()))
                .setDownBecause(down.because()));
    return subscription.build();
  }

  private static SubscriptionPause pause(SubscriptionView.PauseInForce pause) {
    return SubscriptionPause.newBuilder()
        .setKey(pause.key().orElse(""))
        .setPausedBy(pause.by())
        .setReason(pause.reason())
        .setSince(Protos.timestamp(pause.since()))
        .build();
  }

  private static SubscriptionPartition partition(SubscriptionView.PartitionView view) {
    var partition =
        SubscriptionPartition.newBuilder()
            .setPartition(view.partition())
            .setPosition(view.position())
            .setEnd(view.end())
            .setHeld(view.held());
    view.oldestWaiting().map(Protos::timestamp).ifPresent(partition::setOldestWaiting);
    return partition.build();
  }
}
