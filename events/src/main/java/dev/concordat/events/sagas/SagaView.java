package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Owner;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// The saga as its code sees it, with a budget for its steps.
record SagaView<O extends Owner>(SagaRun<O> run, Duration budget) implements Saga<O> {
  @Override
  public String id() {
    return run.id();
  }

  @Override
  public <R extends Message> R step(String name, R answer, Answering<R> code) {
    return parse(answer, name, run.step(name, budget, code));
  }

  @Override
  public void step(String name, Doing code) {
    run.step(
        name,
        budget,
        () -> {
          code.run();
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void transact(String name, DoingIn<O> code) {
    run.transact(
        name,
        budget,
        tx -> {
          code.run(tx);
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public <R extends Message> R transact(String name, R answer, AnsweringIn<R, O> code) {
    return parse(answer, name, run.transact(name, budget, code));
  }

  /// The saga ends here, so what the code returned needs no reading back.
  @Override
  public <R extends Message> R conclude(String name, AnsweringIn<R, O> code) {
    AtomicReference<R> outcome = new AtomicReference<>();
    run.conclude(
        name,
        budget,
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
    return new SagaView<>(run, budget);
  }

  @Override
  public void check() {
    run.check();
  }

  @SuppressWarnings("unchecked")
  private static <R extends Message> R parse(R answer, String name, ByteString bytes) {
    try {
      return (R) answer.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "the recorded answer of step \""
              + name
              + "\" is no "
              + answer.getDescriptorForType().getFullName(),
          e);
    }
  }
}
