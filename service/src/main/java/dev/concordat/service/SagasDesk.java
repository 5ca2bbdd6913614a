package dev.concordat.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.TraceContext;
import dev.concordat.events.sagas.SagaCancel;
import dev.concordat.events.sagas.SagaFilter;
import dev.concordat.events.sagas.SagaHistory;
import dev.concordat.events.sagas.SagaState;
import dev.concordat.events.sagas.SagaSummary;
import dev.concordat.events.sagas.Sagas;
import dev.concordat.service.v1.AbortSagaRequest;
import dev.concordat.service.v1.AbortSagaResponse;
import dev.concordat.service.v1.EndSagaRequest;
import dev.concordat.service.v1.EndSagaResponse;
import dev.concordat.service.v1.ListSagasRequest;
import dev.concordat.service.v1.RetrySagaRequest;
import dev.concordat.service.v1.RetrySagaResponse;
import dev.concordat.service.v1.SagaDeskApi;
import dev.concordat.service.v1.SagaLine;
import dev.concordat.service.v1.SagaStatus;
import dev.concordat.service.v1.ShowSagaRequest;
import dev.concordat.service.v1.ShownSaga;
import dev.concordat.service.v1.ShownSagaStep;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says what the service's sagas have done and wait for, and lets people act on them.
final class SagasDesk implements SagaDeskApi {
  private static final int MOST = 100;

  private final Sagas<?> sagas;
  private final KnownMessages messages;

  SagasDesk(Sagas<?> sagas, KnownMessages messages) {
    this.sagas = sagas;
    this.messages = messages;
  }

  @Override
  public void listSagas(ListSagasRequest request, Sink<SagaLine> out) {
    var filter =
        new SagaFilter(
            Optional.of(request.getType()).filter(type -> !type.isEmpty()),
            request.getStatusesList().stream()
                .filter(status -> status.getNumber() > 0)
                .map(SagasDesk::state)
                .collect(Collectors.toSet()),
            request.getLimit() == 0 ? MOST : request.getLimit());
    sagas.list(filter).stream().map(SagasDesk::line).forEach(out::send);
  }

  @Override
  public ShownSaga showSaga(ShowSagaRequest request) {
    SagaHistory saga =
        sagas
            .show(request.getType(), request.getSagaId())
            .orElseThrow(() -> unknown(request.getType(), request.getSagaId()));
    Optional<Map.Entry<String, String>> messages = sagas.messages(request.getType());
    ShownSaga.Builder shown =
        ShownSaga.newBuilder()
            .setLine(line(saga.saga()))
            .setTimeoutAt(timestamp(saga.timeoutAt()))
            .setCancelBecause(saga.cancelBecause().orElse(""))
            .setEndedBy(saga.endedBy().orElse(""))
            .setTraceId(traceId(saga))
            .setInputJson(json(messages.map(Map.Entry::getKey).orElse(""), saga.input()));
    saga.outcome()
        .ifPresent(outcome ->
            shown.setOutcomeJson(json(messages.map(Map.Entry::getValue).orElse(""), outcome)));
    saga.steps().forEach(step -> shown.addSteps(step(step)));
    return shown.build();
  }

  @Override
  public RetrySagaResponse retrySaga(RetrySagaRequest request) {
    boolean retried = sagas.retry(request.getType(), request.getSagaId());
    if (!retried && sagas.show(request.getType(), request.getSagaId()).isEmpty()) {
      throw unknown(request.getType(), request.getSagaId());
    }
    return RetrySagaResponse.newBuilder().setRetried(retried).build();
  }

  @Override
  public AbortSagaResponse abortSaga(AbortSagaRequest request) {
    SagaCancel answer = sagas.abort(request.getType(), request.getSagaId(), request.getBecause());
    if (answer == SagaCancel.UNKNOWN) {
      throw unknown(request.getType(), request.getSagaId());
    }
    return AbortSagaResponse.newBuilder().setRequested(answer == SagaCancel.REQUESTED).build();
  }

  @Override
  public EndSagaResponse endSaga(EndSagaRequest request) {
    boolean ended =
        sagas.end(
            request.getType(), request.getSagaId(), request.getEndedBy(), request.getBecause());
    return EndSagaResponse.newBuilder().setEnded(ended).build();
  }

  private static Failure unknown(String type, String id) {
    return Failure.notFound("there is no saga " + type + " \"" + id + "\"");
  }

  private ShownSagaStep step(SagaHistory.Step step) {
    ShownSagaStep.Builder shown =
        ShownSagaStep.newBuilder()
            .setKind(step.kind())
            .setName(step.name())
            .setRecordedAt(timestamp(step.at()));
    boolean speaks = !step.kind().equals("patch") && !step.kind().equals("undo");
    if (speaks) {
      step.answer().ifPresent(answer -> shown.setAnswerJson(json(step.type(), answer)));
    }
    step.failure().ifPresent(why -> shown.setFailure(why.code() + ": " + why.message()));
    return shown.build();
  }

  private String json(String type, ByteString payload) {
    if (payload.isEmpty()) {
      return "{}"; // whatever its type: nothing is set
    }
    return sagas
        .message(type)
        .or(() -> messages.find(type))
        .map(descriptor -> messages.json(descriptor, payload))
        .orElseGet(() ->
            "{\"unknown\": \"this process has not seen the type of these "
                + payload.size()
                + " bytes"
                + (type.isEmpty() ? "" : ", " + type)
                + "\"}");
  }

  private static SagaLine line(SagaSummary saga) {
    SagaLine.Builder line =
        SagaLine.newBuilder()
            .setType(saga.type())
            .setSagaId(saga.id())
            .setStatus(SagaStatus.valueOf("SAGA_STATUS_" + saga.state().name()))
            .setStartedAt(timestamp(saga.startedAt()))
            .setBecause(saga.because())
            .setUndoTries(saga.undoTries());
    saga.endedAt().ifPresent(at -> line.setEndedAt(timestamp(at)));
    saga.waitsFor()
        .ifPresent(wait -> {
          line.setWaitsUntil(timestamp(wait.until()));
          line.setWaitsFor(
              wait.topic().isEmpty()
                  ? "sleep \"" + wait.name() + "\""
                  : wait.topic() + " of " + wait.key());
        });
    return line.build();
  }

  private static SagaState state(SagaStatus status) {
    return SagaState.valueOf(status.name().substring("SAGA_STATUS_".length()));
  }

  private static String traceId(SagaHistory saga) {
    return Optional.ofNullable(saga.headers().get(ContextCodec.TRACEPARENT))
        .flatMap(parent -> TraceContext.parse(parent, ""))
        .map(TraceContext::traceId)
        .orElse("");
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
