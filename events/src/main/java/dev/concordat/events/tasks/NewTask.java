package dev.concordat.events.tasks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Queue;
import dev.concordat.core.Context;
import dev.concordat.core.Priority;
import dev.concordat.events.Parts;
import dev.concordat.events.Publishing;
import dev.concordat.events.log.Envelope;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A task that is not in its queue yet.
///
/// @param envelope its name, payload and headers
/// @param key what orders it; empty when nothing does
/// @param uniqueValue what is unique among those that wait; empty when nothing is
/// @param due earliest time; empty for at once
/// @param expires when it is not worth doing any more; empty for never
record NewTask(
    Envelope envelope,
    Optional<String> key,
    Optional<String> uniqueValue,
    Optional<Instant> due,
    Optional<Instant> expires,
    Priority priority) {
  private static final String DUE = "concordat-task-due";
  private static final String EXPIRES = "concordat-task-expires";
  private static final String PRIORITY = "concordat-task-priority";

  static NewTask of(Parts parts, Message task, Queue<?> queue, Delivery delivery) {
    Optional<String> key = key(task, queue);
    Envelope envelope =
        Publishing.envelope(
            parts,
            "enqueue " + queue.name(),
            queue.name(),
            key.orElse(""),
            task,
            Context.current());
    return new NewTask(
        envelope,
        key,
        uniqueValue(task, queue),
        delivery.delay().isPositive()
            ? Optional.of(envelope.time().plus(delivery.delay()))
            : Optional.empty(),
        delivery.within().or(queue.bounds()::expireAfter).map(envelope.time()::plus),
        delivery.priority().orElse(queue.priority()));
  }

  /// The task that came out of the log in this envelope.
  static NewTask from(Envelope envelope, Queue<?> queue) throws InvalidProtocolBufferException {
    Message task = queue.prototype().getParserForType().parseFrom(envelope.payload());
    Map<String, String> headers = envelope.headers();
    return new NewTask(
        envelope,
        key(task, queue),
        uniqueValue(task, queue),
        Optional.ofNullable(headers.get(DUE)).flatMap(NewTask::instant),
        Optional.ofNullable(headers.get(EXPIRES)).flatMap(NewTask::instant),
        Optional.ofNullable(headers.get(PRIORITY))
            .flatMap(NewTask::priority)
            .orElse(queue.priority()));
  }

  /// The envelope for the way through the log to another service. Tasks of one key or one unique
  /// value keep their order on it; others are spread over the partitions.
  Envelope forTheLog() {
    Map<String, String> headers = new HashMap<>(envelope.headers());
    due.ifPresent(instant -> headers.put(DUE, instant.toString()));
    expires.ifPresent(instant -> headers.put(EXPIRES, instant.toString()));
    headers.put(PRIORITY, priority.name().toLowerCase(Locale.ROOT));
    return new Envelope(
        envelope.id(),
        envelope.source(),
        envelope.topic(),
        key.or(() -> uniqueValue).orElseGet(() -> envelope.id().toString()),
        envelope.time(),
        headers,
        envelope.payload());
  }

  private static Optional<String> key(Message task, Queue<?> queue) {
    return queue.key().map(field -> value(task, field.getName()));
  }

  private static Optional<String> uniqueValue(Message task, Queue<?> queue) {
    return queue.uniqueBy().map(field -> value(task, field.getName()));
  }

  private static String value(Message task, String field) {
    return task.getField(task.getDescriptorForType().findFieldByName(field)).toString();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<Priority> priority(String text) {
    return switch (text) {
      case "high" -> Optional.of(Priority.HIGH);
      case "normal" -> Optional.of(Priority.NORMAL);
      case "low" -> Optional.of(Priority.LOW);
      default -> Optional.empty();
    };
  }
}
