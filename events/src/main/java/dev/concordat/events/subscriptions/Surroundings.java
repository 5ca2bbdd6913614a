package dev.concordat.events.subscriptions;

import dev.concordat.contract.Owner;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Deadline;
import dev.concordat.core.KeyScope;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.log.Envelope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a handler runs in: the conversation that its message comes from, a deadline of its own, and
/// the watch over it.
final class Surroundings {
  private final Parts parts;
  private final Subscription.Spec<? extends Owner> spec;
  private final Gate gate;

  Surroundings(Parts parts, Subscription.Spec<? extends Owner> spec, Gate gate) {
    this.parts = parts;
    this.spec = spec;
    this.gate = gate;
  }

  /// What runs.
  interface Work<T> {
    T run() throws Exception;
  }

  /// The handler itself, which may take the budget and then is interrupted.
  void handle(Run run, @Nullable JdbcTransaction<?> tx, Work<?> handler) throws Exception {
    run.begin(tx, parts.clock().nanos() + spec.options().budget().toNanos());
    try {
      var _ = handler.run();
    } finally {
      run.over(gate.ended());
    }
  }

  /// In the conversation that the message comes from, with a deadline of the handler's own: a fact
  /// is worth handling long after the call that it comes from has ended.
  <T> T in(Partition partition, Envelope message, int tries, Work<T> work) throws Exception {
    var headers = new HashMap<>(message.headers());
    headers.remove(ContextCodec.DEADLINE);
    Context sent =
        parts
            .codec()
            .read(ContextCodec.carrier(headers))
            .withCaller(message.source())
            .withoutIdempotencyKey()
            .withKeyScope(KeyScope.of(spec.name() + "/" + message.topic() + "/" + message.id()))
            .withAttempt(tries)
            .withDeadline(Deadline.after(spec.options().budget(), parts.clock()));
    Context context =
        spec.handler() instanceof Handler.Outside<?>
            ? sent.withCancellation(partition.cancellation())
            : sent;
    var activity =
        new Activity(
            Kind.CONSUMER,
            "receive " + message.topic() + " " + spec.name(),
            context,
            Map.of(
                "concordat.key", message.key(),
                "concordat.subscription", spec.name(),
                "messaging.system", "concordat",
                "messaging.destination.name", message.topic(),
                "messaging.consumer.group.name", spec.name(),
                "messaging.message.id", message.id().toString()));
    try (var observation = parts.observer().begin(activity)) {
      try {
        return observation.context().withObservation(observation).call(work::run);
      } catch (Throwable e) {
        observation.failed(e);
        throw e;
      }
    }
  }

  void count(String outcome) {
    parts
        .observer()
        .count(
            "concordat.events.handled", 1, Map.of("subscription", spec.name(), "outcome", outcome));
  }
}
