package dev.concordat.service;

import com.google.protobuf.Timestamp;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.TraceContext;
import dev.concordat.events.Events;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.deadletters.DeadLetterPlan;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.events.tasks.QueueLength;
import dev.concordat.service.v1.Backlog;
import dev.concordat.service.v1.BacklogLine;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.DeadAttempt;
import dev.concordat.service.v1.DeadLetterKind;
import dev.concordat.service.v1.GetBacklogRequest;
import dev.concordat.service.v1.ListCallsRequest;
import dev.concordat.service.v1.ListDeadLettersRequest;
import dev.concordat.service.v1.ListTargetsRequest;
import dev.concordat.service.v1.OperationsApi;
import dev.concordat.service.v1.RedriveDeadLettersRequest;
import dev.concordat.service.v1.RedriveDeadLettersResponse;
import dev.concordat.service.v1.ShowDeadLetterRequest;
import dev.concordat.service.v1.ShownDeadLetter;
import dev.concordat.service.v1.TargetInstance;
import java.time.Instant;
import java.util.Optional;

/// Answers those who look after the service.
final class OperationsDesk implements OperationsApi {
  private static final int MOST = 100;

  private final Events<?> events;
  private final KnownMessages messages;
  private final CallsDesk calls;

  OperationsDesk(Events<?> events, KnownMessages messages, CallsDesk calls) {
    this.events = events;
    this.messages = messages;
    this.calls = calls;
  }

  @Override
  public Backlog getBacklog(GetBacklogRequest request) {
    return Backlog.newBuilder()
        .addAllLines(events.queues().stream().map(OperationsDesk::queue).toList())
        .build();
  }

  @Override
  public void listDeadLetters(
      ListDeadLettersRequest request, Sink<dev.concordat.service.v1.DeadLetter> out) {
    int limit = request.getLimit() == 0 ? MOST : request.getLimit();
    events.deadLetters().list(named(request.getName()), 0, limit).stream()
        .map(OperationsDesk::line)
        .forEach(out::send);
  }

  @Override
  public ShownDeadLetter showDeadLetter(ShowDeadLetterRequest request) {
    DeadLetter letter =
        events
            .deadLetters()
            .show(request.getDeadLetterId())
            .orElseThrow(
                () -> Failure.notFound("there is no dead letter " + request.getDeadLetterId()));
    return ShownDeadLetter.newBuilder()
        .setDeadLetter(line(letter))
        .setMessageJson(messages.json(letter.message().topic(), letter.message().payload()))
        .addAllTries(letter.attempts().stream().map(OperationsDesk::attempt).toList())
        .setTraceId(traceId(letter))
        .build();
  }

  @Override
  public RedriveDeadLettersResponse redriveDeadLetters(RedriveDeadLettersRequest request) {
    DeadLetters letters = events.deadLetters();
    DeadLetterPlan plan =
        request.getDeadLetterIdsCount() > 0
            ? letters.plan(request.getDeadLetterIdsList())
            : letters.plan(named(request.getName()));
    int redriven =
        letters.redrive(plan, request.getRedrivenBy(), DeadLetters.PER_SECOND, any -> true).done();
    return RedriveDeadLettersResponse.newBuilder().setRedriven(redriven).build();
  }

  @Override
  public void listCalls(ListCallsRequest request, Sink<CallRecord> out) {
    calls.list(request, out);
  }

  @Override
  public void listTargets(ListTargetsRequest request, Sink<TargetInstance> out) {
    calls.targets(out);
  }

  private static DeadLetterFilter named(String name) {
    return name.isEmpty() ? DeadLetterFilter.OPEN : DeadLetterFilter.OPEN.withName(name);
  }

  private static dev.concordat.service.v1.DeadLetter line(DeadLetter letter) {
    return dev.concordat.service.v1.DeadLetter.newBuilder()
        .setDeadLetterId(letter.id())
        .setKind(
            letter.place().kind().equals(DeadLetter.TASK)
                ? DeadLetterKind.TASK
                : DeadLetterKind.EVENT)
        .setName(letter.place().name())
        .setTopic(letter.message().topic())
        .setKey(letter.message().key())
        .setReason(letter.reason())
        .setAttempts(letter.attempts().size())
        .setDiedAt(timestamp(letter.diedAt()))
        .build();
  }

  private static BacklogLine queue(QueueLength queue) {
    return BacklogLine.newBuilder()
        .setKind(DeadLetterKind.TASK)
        .setName(queue.queue())
        .setWaiting(queue.waiting())
        .setParked(queue.later())
        .setWorkedOn(queue.leased())
        .build();
  }

  private static DeadAttempt attempt(DeadLetter.Attempt attempt) {
    return DeadAttempt.newBuilder()
        .setTriedAt(timestamp(attempt.at()))
        .setError(attempt.error())
        .build();
  }

  private static String traceId(DeadLetter letter) {
    return Optional.ofNullable(letter.message().headers().get(ContextCodec.TRACEPARENT))
        .flatMap(parent -> TraceContext.parse(parent, ""))
        .map(TraceContext::traceId)
        .orElse("");
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
