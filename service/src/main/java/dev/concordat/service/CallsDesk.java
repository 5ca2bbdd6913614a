package dev.concordat.service;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.concordat.calls.Calls;
import dev.concordat.calls.balance.Standing;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.record.Attempt;
import dev.concordat.calls.record.Records;
import dev.concordat.calls.record.Trail;
import dev.concordat.core.Sink;
import dev.concordat.service.v1.CallAttempt;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.ListCallsRequest;
import dev.concordat.service.v1.TargetInstance;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Predicate;

/// Says which calls the service has made, why they went as they did, and how those it calls stand.
final class CallsDesk {
  private static final int MOST = 20;

  private final Calls calls;

  CallsDesk(Calls calls) {
    this.calls = calls;
  }

  void list(ListCallsRequest request, Sink<CallRecord> out) {
    Records records = calls.records();
    int limit = request.getLimit() == 0 ? MOST : request.getLimit();
    for (Trail trail : records.list(wanted(request), limit)) {
      out.send(record(trail, records.begunAt(trail)));
    }
  }

  void targets(Sink<TargetInstance> out) {
    calls
        .targets()
        .forEach((target, standings) ->
            standings.forEach(standing -> out.send(instance(target, standing))));
  }

  private static Predicate<Trail> wanted(ListCallsRequest request) {
    long slow =
        java.time.Duration.ofSeconds(request.getSlow().getSeconds(), request.getSlow().getNanos())
            .toNanos();
    String method = request.getMethod().toLowerCase(Locale.ROOT);
    return trail ->
        trail.number() > request.getAfter()
            && (!request.getFailed() || trail.failed())
            && trail.tookNanos() >= slow
            && trail.method().fullName().toLowerCase(Locale.ROOT).contains(method);
  }

  private static CallRecord record(Trail trail, Instant begunAt) {
    CallRecord.Builder record =
        CallRecord.newBuilder()
            .setNumber(trail.number())
            .setTarget(trail.target())
            .setMethod(trail.method().fullName())
            .setBeganAt(
                Timestamp.newBuilder()
                    .setSeconds(begunAt.getEpochSecond())
                    .setNanos(begunAt.getNano()))
            .setTook(duration(trail.tookNanos()))
            .setOutcome(trail.outcome())
            .setDecidedBy(trail.decidedBy())
            .setMessage(trail.message())
            .setBudget(duration(trail.budgetNanos()))
            .setLeft(duration(trail.leftNanos()))
            .setKey(trail.shortKey())
            .setReplayed(trail.wasReplayed())
            .setCoalesced(trail.wasCoalesced())
            .setBudgetEmpty(trail.budgetEmpty())
            .setTraceId(trail.traceId());
    if (trail.spareRetries() >= 0) {
      record.setSpareAttempts(trail.spareRetries());
    }
    trail.attempts().forEach(attempt -> record.addAttempts(attempt(attempt)));
    return record.build();
  }

  private static CallAttempt attempt(Attempt attempt) {
    Endpoint endpoint = attempt.endpoint();
    return CallAttempt.newBuilder()
        .setNumber(attempt.number())
        .setHedge(attempt.hedge())
        .setWaited(duration(attempt.waitNanos()))
        .setTook(duration(attempt.tookNanos()))
        .setAddress(endpoint == null ? "" : endpoint.address())
        .setOutstanding(attempt.outstanding())
        .setLatency(duration(attempt.ewmaNanos()))
        .setCandidates(attempt.candidates())
        .setState(attempt.state())
        .setOutcome(attempt.outcome())
        .setDecidedBy(attempt.decidedBy())
        .build();
  }

  private static TargetInstance instance(String target, Standing standing) {
    return TargetInstance.newBuilder()
        .setTarget(target)
        .setAddress(standing.endpoint().address())
        .setState(standing.state().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .setOutstanding(standing.outstanding())
        .setStreams(standing.streams())
        .setLatency(duration(standing.latency().toNanos()))
        .setSuccess(standing.success())
        .setOut(duration(standing.out().toNanos()))
        .build();
  }

  private static Duration duration(long nanos) {
    java.time.Duration time = java.time.Duration.ofNanos(nanos);
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }
}
