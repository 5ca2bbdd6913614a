package dev.concordat.service;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.events.deadletters.DeadLetter;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.deadletters.DeadLetterPlan;
import dev.concordat.events.deadletters.DeadLetterProgress;
import dev.concordat.events.deadletters.DeadLetters;
import dev.concordat.service.v1.DeadAttempt;
import dev.concordat.service.v1.DeadLetterKind;
import dev.concordat.service.v1.DeadLetterState;
import dev.concordat.service.v1.DeadLettersApi;
import dev.concordat.service.v1.DiscardDeadLettersRequest;
import dev.concordat.service.v1.DiscardDeadLettersResponse;
import dev.concordat.service.v1.ListDeadLettersRequest;
import dev.concordat.service.v1.RedriveLine;
import dev.concordat.service.v1.RedriveOrder;
import dev.concordat.service.v1.RedriveProgress;
import dev.concordat.service.v1.ShowDeadLetterRequest;
import dev.concordat.service.v1.ShownDeadLetter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Answers those who look at what was given up on, and send it back.
final class DeadLettersDesk implements DeadLettersApi {
  private static final int MOST = 100;
  private static final int FIRST = 20;
  private static final long EVERY_NANOS = 500_000_000;

  private final DeadLetters letters;
  private final KnownMessages messages;

  DeadLettersDesk(DeadLetters letters, KnownMessages messages) {
    this.letters = letters;
    this.messages = messages;
  }

  @Override
  public void listDeadLetters(
      ListDeadLettersRequest request, Sink<dev.concordat.service.v1.DeadLetter> out) {
    int limit = request.getLimit() == 0 ? MOST : request.getLimit();
    letters.list(filter(request.getFilter()), request.getAfter(), limit).stream()
        .map(DeadLettersDesk::line)
        .forEach(out::send);
  }

  @Override
  public ShownDeadLetter showDeadLetter(ShowDeadLetterRequest request) {
    DeadLetter letter =
        letters
            .show(request.getDeadLetterId())
            .orElseThrow(
                () -> Failure.notFound("there is no dead letter " + request.getDeadLetterId()));
    var shown =
        ShownDeadLetter.newBuilder()
            .setDeadLetter(line(letter))
            .addAllTries(letter.attempts().stream().map(DeadLettersDesk::attempt).toList())
            .setTraceId(Protos.traceId(letter.message()))
            .setStack(letter.cause().stack())
            .putAllEnvelope(Protos.envelope(letter.message()));
    if (letter.place().kind().equals(DeadLetter.EVENT)) {
      shown.setPlace(letter.place().where());
    }
    if (letter.end().orElse(null) instanceof DeadLetter.Redriven redriven) {
      shown.setRedrivenTraceId(redriven.traceId());
    }
    switch (messages.read(letter.message().topic(), letter.message().payload())) {
      case KnownMessages.Json json -> shown.setMessageJson(json.text());
      case KnownMessages.Unreadable not ->
          shown.setUnreadable(letter.message().payload()).setUnreadableBecause(not.because());
    }
    return shown.build();
  }

  /// The caller's second message says stop. It is read beside, since the work blocks.
  @Override
  public void redriveDeadLetters(Source<RedriveOrder> in, Sink<RedriveProgress> out) {
    RedriveOrder order =
        in.next()
            .orElseThrow(() -> Failure.of(Code.INVALID_ARGUMENT, "say what is to be sent back"));
    DeadLetterPlan plan = plan(order.getDeadLetterIdsList(), filter(order.getFilter()));
    RedriveProgress.Builder planned =
        progress(new DeadLetterProgress(plan.size(), 0, 0, 0))
            .addAllPlan(plan.lines().stream().map(DeadLettersDesk::planned).toList())
            .addAllFirstIds(plan.ids(0, FIRST))
            .setFinished(order.getDryRun());
    out.send(planned.build());
    if (order.getDryRun()) {
      return;
    }
    AtomicBoolean stop = new AtomicBoolean();
    try (Background listening = new Background("redrive")) {
      listening.start("listen", () -> listen(in, stop));
      DeadLetterProgress end = run(plan, order, out, stop);
      out.send(progress(end).setFinished(true).build());
    }
  }

  @Override
  public DiscardDeadLettersResponse discardDeadLetters(DiscardDeadLettersRequest request) {
    if (request.getDeadLetterIdsCount() == 0
        && request
            .getFilter()
            .equals(dev.concordat.service.v1.DeadLetterFilter.getDefaultInstance())) {
      throw Failure.of(
          Code.INVALID_ARGUMENT, "say which dead letters are to be discarded: ids or a filter");
    }
    DeadLetterPlan plan = plan(request.getDeadLetterIdsList(), filter(request.getFilter()));
    var response =
        DiscardDeadLettersResponse.newBuilder()
            .addAllPlan(plan.lines().stream().map(DeadLettersDesk::planned).toList());
    if (!request.getDryRun()) {
      response.setDiscarded(
          letters
              .discard(plan, request.getDiscardedBy(), request.getBecause(), any -> true)
              .done());
    }
    return response.build();
  }

  private DeadLetterProgress run(
      DeadLetterPlan plan, RedriveOrder order, Sink<RedriveProgress> out, AtomicBoolean stop) {
    int rate = order.getPerSecond() == 0 ? DeadLetters.PER_SECOND : order.getPerSecond();
    AtomicLong told = new AtomicLong(System.nanoTime());
    return letters.redrive(
        plan,
        order.getRedrivenBy(),
        rate,
        progress -> {
          if (System.nanoTime() - told.get() >= EVERY_NANOS) {
            told.set(System.nanoTime());
            out.send(progress(progress).build());
          }
          return !stop.get();
        });
  }

  private static void listen(Source<RedriveOrder> in, AtomicBoolean stop) {
    try {
      in.forEach(order -> stop.compareAndSet(false, order.getStop()));
    } catch (Failure e) {
      stop.set(true); // the caller has gone
    }
  }

  private DeadLetterPlan plan(List<Long> ids, DeadLetterFilter filter) {
    return ids.isEmpty() ? letters.plan(filter) : letters.plan(ids);
  }

  private static DeadLetterFilter filter(dev.concordat.service.v1.DeadLetterFilter asked) {
    DeadLetterFilter filter = DeadLetterFilter.OPEN.withState(state(asked.getState()));
    filter = asked.getName().isEmpty() ? filter : filter.withName(asked.getName());
    filter = asked.getTopic().isEmpty() ? filter : filter.withTopic(asked.getTopic());
    filter = asked.getKey().isEmpty() ? filter : filter.withKey(asked.getKey());
    filter = asked.getReason().isEmpty() ? filter : filter.withReason(asked.getReason());
    filter = asked.hasDiedAfter() ? filter.withAfter(Protos.instant(asked.getDiedAfter())) : filter;
    return asked.hasDiedBefore()
        ? filter.withBefore(Protos.instant(asked.getDiedBefore()))
        : filter;
  }

  private static DeadLetterFilter.State state(DeadLetterState state) {
    return switch (state) {
      case REDRIVEN -> DeadLetterFilter.State.REDRIVEN;
      case DISCARDED -> DeadLetterFilter.State.DISCARDED;
      case ANY -> DeadLetterFilter.State.ANY;
      case OPEN, DEAD_LETTER_STATE_UNSPECIFIED, UNRECOGNIZED -> DeadLetterFilter.State.OPEN;
    };
  }

  private static dev.concordat.service.v1.DeadLetter line(DeadLetter letter) {
    var line =
        dev.concordat.service.v1.DeadLetter.newBuilder()
            .setDeadLetterId(letter.id())
            .setKind(kind(letter.place().kind()))
            .setName(letter.place().name())
            .setTopic(letter.message().topic())
            .setKey(letter.message().key())
            .setReason(letter.reason())
            .setAttempts(letter.attempts().size())
            .setDiedAt(Protos.timestamp(letter.diedAt()))
            .setState(DeadLetterState.OPEN);
    letter.end().ifPresent(end -> line.setEndedAt(Protos.timestamp(end.at())).setEndedBy(end.by()));
    switch (letter.end().orElse(null)) {
      case DeadLetter.Redriven _ -> line.setState(DeadLetterState.REDRIVEN);
      case DeadLetter.Discarded end ->
          line.setState(DeadLetterState.DISCARDED).setDiscardedBecause(end.because());
      case null -> {}
    }
    return line.build();
  }

  private static RedriveLine planned(DeadLetterPlan.Line line) {
    return RedriveLine.newBuilder()
        .setKind(kind(line.kind()))
        .setName(line.name())
        .setCount(line.count())
        .setOldest(Protos.timestamp(line.oldest()))
        .setNewest(Protos.timestamp(line.newest()))
        .setTaken(line.taken())
        .build();
  }

  private static RedriveProgress.Builder progress(DeadLetterProgress progress) {
    return RedriveProgress.newBuilder()
        .setTotal(progress.total())
        .setDone(progress.done())
        .setSkipped(progress.skipped())
        .setRefused(progress.refused());
  }

  private static DeadLetterKind kind(String kind) {
    return kind.equals(DeadLetter.TASK) ? DeadLetterKind.TASK : DeadLetterKind.EVENT;
  }

  private static DeadAttempt attempt(DeadLetter.Attempt attempt) {
    return DeadAttempt.newBuilder()
        .setTriedAt(Protos.timestamp(attempt.at()))
        .setError(attempt.error())
        .setInstance(attempt.instance())
        .build();
  }
}
