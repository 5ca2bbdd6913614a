package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Topic;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The saga as its code sees it, with what its steps may take.
record SagaView<O extends Owner>(SagaRun<O> run, Duration budget, StepRetry retry)
    implements Saga<O> {
  private static final Empty NOTHING = Empty.getDefaultInstance();

  @Override
  public String id() {
    return run.id();
  }

  @Override
  public <R extends Message> R step(String name, R answer, Answering<R> code) {
    return parse(answer, name, run.step(plan(name, answer), code));
  }

  @Override
  public void step(String name, Doing code) {
    run.step(
        plan(name, NOTHING),
        () -> {
          code.run();
          return NOTHING;
        });
  }

  @Override
  public void transact(String name, DoingIn<O> code) {
    run.transact(
        plan(name, NOTHING),
        tx -> {
          code.run(tx);
          return NOTHING;
        });
  }

  @Override
  public <R extends Message> R transact(String name, R answer, AnsweringIn<R, O> code) {
    return parse(answer, name, run.transact(plan(name, answer), code));
  }

  /// The saga ends here, so what the code returned needs no reading back.
  @Override
  public <R extends Message> R conclude(String name, AnsweringIn<R, O> code) {
    AtomicReference<R> outcome = new AtomicReference<>();
    run.conclude(
        new StepPlan(name, "", budget, retry),
        tx -> {
          R result = code.run(tx);
          outcome.set(result);
          return result;
        });
    return Objects.requireNonNull(outcome.get());
  }

  @Override
  public void undo(String name, Doing code) {
    run.undo(name, code);
  }

  @Override
  public Saga<O> within(Duration budget) {
    if (!budget.isPositive()) {
      throw new IllegalArgumentException("a step's budget is more than zero, got " + budget);
    }
    return new SagaView<>(run, budget, retry);
  }

  @Override
  public Saga<O> retrying(StepRetry retry) {
    return new SagaView<>(run, budget, retry);
  }

  @Override
  public <E extends Event<?>> Optional<E> waitFor(
      String name, Class<E> event, String key, Duration atMost) {
    E prototype = Internal.getDefaultInstance(event);
    String topic = Topic.of(prototype).name();
    run.requireListening(topic);
    ByteString came =
        run.await(
            new SagaWaits.Wanted(
                SagaJournal.Kind.WAIT,
                name,
                topic,
                Optional.of(new SagaWaits.EventKey(topic, key)),
                notNegative(atMost)));
    return came.isEmpty()
        ? Optional.empty()
        : Optional.of(parse(prototype, name, SagaWaits.event(came)));
  }

  @Override
  public void sleep(String name, Duration time) {
    var _ =
        run.await(
            new SagaWaits.Wanted(
                SagaJournal.Kind.SLEEP, name, "", Optional.empty(), notNegative(time)));
  }

  @Override
  public boolean patched(String name) {
    return run.patched(name);
  }

  @Override
  public void check() {
    run.check();
  }

  private StepPlan plan(String name, Message answer) {
    return new StepPlan(name, answer.getDescriptorForType().getFullName(), budget, retry);
  }

  private static Duration notNegative(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }

  @SuppressWarnings("unchecked")
  private <R extends Message> R parse(R answer, String name, ByteString bytes) {
    run.seen(answer.getDescriptorForType());
    try {
      return (R) run.open(answer.getParserForType().parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw run.stick(
          "the recorded answer of step \""
              + name
              + "\" is no "
              + answer.getDescriptorForType().getFullName());
    }
  }
}
