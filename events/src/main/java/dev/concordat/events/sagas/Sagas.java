package dev.concordat.events.sagas;

import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import dev.concordat.contract.Event;
import dev.concordat.contract.Owner;
import dev.concordat.contract.Topic;
import dev.concordat.events.Parts;
import dev.concordat.events.store.SqlFailures;
import dev.concordat.events.subscriptions.Subscription;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The sagas of one service.
///
/// Threads: safe for many.
///
/// @param <O> the owner
public final class Sagas<O extends Owner> {
  private static final String STUCK =
      """
      select type, id, stuck_because from concordat.saga where state = 'stuck'
      order by number limit 1000
      """;

  private static final String RESUME =
      """
      update concordat.saga
      set state = case when failure_code is null then 'running' else 'compensating' end,
          due_at = now(), stuck_because = null
      where type = ? and id = ? and state = 'stuck'
      """;

  private final Parts parts;
  private final SagaRunner<O> runner;
  private final Hearing<O> hearing;

  public Sagas(Parts parts, SagaRunner<O> runner, Hearing<O> hearing) {
    this.parts = parts;
    this.runner = runner;
    this.hearing = hearing;
  }

  /// How the events that sagas wait for get here.
  @FunctionalInterface
  public interface Hearing<O extends Owner> {
    /// Subscribes.
    void subscribe(String name, Topic<?> topic, Subscription.Handler<O> handler);
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
          topic,
          (message, tx) -> {
            SagaWaits.keep(tx.connection(), message);
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
  /// somebody resumes them.
  public List<Stuck> stuck() {
    return parts
        .database()
        .read(connection -> {
          try (PreparedStatement query = connection.prepareStatement(STUCK);
              ResultSet rows = query.executeQuery()) {
            List<Stuck> stuck = new ArrayList<>();
            while (rows.next()) {
              stuck.add(new Stuck(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
            return stuck;
          }
        });
  }

  /// Lets a stuck saga go on.
  ///
  /// @return false when it is not stuck
  public boolean resume(String type, String id) {
    boolean resumed =
        parts
            .database()
            .read(connection -> {
              try (PreparedStatement update = connection.prepareStatement(RESUME)) {
                update.setString(1, type);
                update.setString(2, id);
                return update.executeUpdate() == 1;
              } catch (SQLException e) {
                throw SqlFailures.of(e);
              }
            });
    runner.wake();
    return resumed;
  }

  /// A saga that cannot go on.
  public record Stuck(String type, String id, String because) {}
}
