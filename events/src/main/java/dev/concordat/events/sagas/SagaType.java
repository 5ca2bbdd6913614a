package dev.concordat.events.sagas;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.Transaction;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.SqlFailures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// One type of saga: to start one, to cancel it, to wait for its outcome.
///
/// Threads: safe for many.
///
/// @param <I> the input
/// @param <R> the outcome
public final class SagaType<I extends Message, R extends Message> {
  private static final Pattern ID = Pattern.compile("[!-~]{1,120}");
  private static final Duration FIRST_LOOK = Duration.ofMillis(20);

  private final Parts parts;
  private final SagaRunner<?> runner;
  private final String name;
  private final R outcome;

  SagaType(Parts parts, SagaRunner<?> runner, String name, R outcome) {
    this.parts = parts;
    this.runner = runner;
    this.name = name;
    this.outcome = outcome;
  }

  /// The type's name.
  public String name() {
    return name;
  }

  /// Starts a saga when the transaction commits. It runs at once in this process, in the trace of
  /// whoever started it, and whatever becomes of the caller.
  ///
  /// @param id the caller's own, for example the order's; 1 to 120 visible ASCII characters
  /// @return false when there is a saga of this type and id already; then nothing is done
  public boolean start(Transaction<?> tx, String id, I input) {
    return start(tx, new SagaStart.Order(name, id, input, Optional.empty()));
  }

  /// Starts a saga that has this long to go forward, whatever its type's options say.
  public boolean start(Transaction<?> tx, String id, I input, Duration timeout) {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("a saga's timeout is more than zero, got " + timeout);
    }
    return start(tx, new SagaStart.Order(name, id, input, Optional.of(timeout)));
  }

  private boolean start(Transaction<?> tx, SagaStart.Order order) {
    if (!ID.matcher(order.id()).matches()) {
      throw new IllegalArgumentException(
          "a saga's id has 1 to 120 visible ASCII characters, got \"" + order.id() + "\"");
    }
    return runner.start(tx, order);
  }

  /// Asks a saga to stop and to undo what it did. The answer holds when the transaction commits.
  ///
  /// Guarantee: when the saga's concluding step and this transaction touch the same rows, the
  /// database decides which comes first, and the other one sees it.
  public SagaCancel cancel(Transaction<?> tx, String id, String because) {
    try {
      SagaCancel answer = SagaStart.cancel(tx.connection(), name, id, because);
      if (answer == SagaCancel.REQUESTED) {
        tx.afterCommit(() -> runner.cancelled(name, id, because));
      }
      return answer;
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  /// Asks a saga to stop, in a transaction of its own.
  public SagaCancel cancel(String id, String because) {
    SagaCancel answer = parts.database().transact(c -> SagaStart.cancel(c, name, id, because));
    if (answer == SagaCancel.REQUESTED) {
      runner.cancelled(name, id, because);
    }
    return answer;
  }

  /// What has become of a saga by now; empty when there is none.
  public Optional<SagaOutcome<R>> look(String id) {
    return parts.database().read(c -> SagaStart.look(c, name, id)).map(this::outcome);
  }

  /// Waits until a saga has ended, or until the deadline.
  ///
  /// Failure: `NOT_FOUND` when there is no such saga; `CANCELLED` when the caller's own caller has
  /// gone.
  public SagaOutcome<R> await(String id, Deadline deadline) {
    Signal signal = new Signal();
    Runnable done = runner.onEnd(name, id, signal::raise);
    Runnable gone = Context.current().cancellation().onCancel(signal::raise);
    try {
      for (Duration look = FIRST_LOOK; ; look = longer(look)) {
        SagaOutcome<R> now =
            look(id)
                .orElseThrow(
                    () -> Failure.notFound("there is no saga " + name + " \"" + id + "\""));
        if (!(now instanceof SagaOutcome.Running) || deadline.expired()) {
          return now;
        }
        var _ = signal.await(shorter(look, deadline.remaining()));
        Context.current().cancellation().reason().ifPresent(SagaType::rethrow);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new SagaOutcome.Running<>(false);
    } finally {
      done.run();
      gone.run();
    }
  }

  private SagaOutcome<R> outcome(SagaStart.State state) {
    return switch (state.state()) {
      case "completed" -> new SagaOutcome.Completed<>(parse(state));
      case "failed" -> new SagaOutcome.Failed<>(state.failure().orElseThrow());
      default -> new SagaOutcome.Running<>(state.failure().isPresent());
    };
  }

  @SuppressWarnings("unchecked")
  private R parse(SagaStart.State state) {
    try {
      return (R) parts.personal().open(outcome.getParserForType().parseFrom(state.outcome()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the outcome of a saga " + name + " cannot be read", e);
    }
  }

  private static void rethrow(Failure failure) {
    throw failure;
  }

  private Duration longer(Duration look) {
    return shorter(look.multipliedBy(2), parts.options().poll());
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
