package dev.concordat.events.sagas;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Topic;
import dev.concordat.events.Parts;
import dev.concordat.events.subscriptions.Handler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The sagas of one service.
///
/// Threads: safe for many.
///
/// @param <O> the owner
public final class Sagas<O extends Owner> {
  private final Parts parts;
  private final SagaRunner<O> runner;
  private final Hearing<O> hearing;

  public Sagas(Parts parts, SagaRunner<O> runner, Hearing<O> hearing) {
    this.parts = parts;
    this.runner = runner;
    this.hearing = hearing;
  }

  /// How the events that sagas wait for get here.
  public interface Hearing<O extends Owner> {
    /// Subscribes.
    <E extends Event<?>> void subscribe(String name, Class<E> event, Handler.Effect<O> effect);
  }

  /// Lets sagas wait for events of this type ([Saga#waitFor]). Before the service starts.
  ///
  /// They come by the subscription `sagas <topic>` and are kept until every saga that was running
  /// when they came has ended, at most 30 days.
  public <E extends Event<?>> void listen(Class<E> event) {
    Topic<E> topic = Topic.of(Internal.getDefaultInstance(event));
    runner.messages().add(topic.prototype().getDescriptorForType());
    if (runner.messages().listen(topic.name())) {
      hearing.subscribe(
          "sagas " + topic.name(),
          event,
          (logged, tx) -> {
            SagaWaits.keep(tx.connection(), logged.message());
            tx.afterCommit(runner::wake);
          });
    }
  }

  /// Defines a type of saga with the default options. Before the service starts.
  ///
  /// @param name lasts as long as sagas of it are in the database
  /// @param input default instance of what it is started with
  /// @param outcome default instance of what it returns
  public <I extends Message, R extends Message> SagaType<I, R> define(
      String name, I input, R outcome, SagaCode<I, R, O> code) {
    return define(name, SagaOptions.DEFAULT, input, outcome, code);
  }

  /// Defines a type of saga. Before the service starts.
  public <I extends Message, R extends Message> SagaType<I, R> define(
      String name, SagaOptions options, I input, R outcome, SagaCode<I, R, O> code) {
    runner.define(new SagaRunner.Definition<>(name, options, input, outcome, code));
    return new SagaType<>(parts, runner, name, outcome);
  }

  /// Sagas whose record does not fit their code, at most 1,000. They wait until the code fits and
  /// somebody lets them go on.
  public List<Stuck> stuck() {
    return list(new SagaFilter(Optional.empty(), Set.of(SagaState.STUCK), 1_000)).stream()
        .map(saga -> new Stuck(saga.type(), saga.id(), saga.because()))
        .toList();
  }

  /// The sagas of this service, in whatever process they run, the oldest first.
  public List<SagaSummary> list(SagaFilter filter) {
    return parts.database().read(c -> SagaQueries.list(c, filter));
  }

  /// One saga with all that it has done; empty when there is none.
  public Optional<SagaHistory> show(String type, String id) {
    return parts.database().transact(c -> SagaQueries.show(c, type, id));
  }

  /// A message that sagas of this process have to do with, by its full name: inputs, outcomes,
  /// events that are listened to, and answers of steps that have run here.
  public Optional<Descriptor> message(String fullName) {
    return runner.messages().find(fullName);
  }

  /// The full names of a type's input and outcome; empty when this process does not define it.
  public Optional<Map.Entry<String, String>> messages(String type) {
    return runner.messagesOf(type);
  }

  /// Lets a stuck saga go on, and one whose undo waits for its next try.
  ///
  /// @return false when it neither is stuck nor waits for an undo
  public boolean retry(String type, String id) {
    boolean retried = parts.database().read(c -> SagaQueries.retry(c, type, id));
    runner.wake();
    return retried;
  }

  /// Asks a saga of whatever type to stop and to undo what it did. A stuck one is looked at again:
  /// it is undone when its code fits by now.
  public SagaCancel abort(String type, String id, String because) {
    SagaCancel answer = parts.database().transact(c -> SagaStart.cancel(c, type, id, because));
    if (answer == SagaCancel.REQUESTED) {
      var _ = parts.database().read(c -> SagaQueries.retryStuck(c, type, id));
      runner.cancelled(type, id, because);
    }
    return answer;
  }

  /// Ends a saga that is stuck or undoing as failed, without its remaining undos: for one whose
  /// undo can never succeed. What they would have taken back is for people now. Recorded with who
  /// did it and why.
  ///
  /// @return false when it is neither stuck nor undoing
  public boolean end(String type, String id, String by, String because) {
    return parts
        .database()
        .read(c -> SagaQueries.end(c, new SagaQueries.End(type, id, by, because)));
  }

  /// A saga that cannot go on.
  public record Stuck(String type, String id, String because) {}
}
