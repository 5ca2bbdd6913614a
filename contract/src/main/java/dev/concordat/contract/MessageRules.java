package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.concordat.contract.v1.Event;
import dev.concordat.contract.v1.OptionsProto;
import dev.concordat.contract.v1.Task;

/// Events and tasks.
final class MessageRules {
  private MessageRules() {}

  static void check(Descriptor message, Findings out) {
    MessageOptions options = KnownOptions.of(message);
    boolean event = options.hasExtension(OptionsProto.event);
    boolean task = options.hasExtension(OptionsProto.task);
    if (event) {
      event(message, options.getExtension(OptionsProto.event), out);
    }
    if (task) {
      task(message, options.getExtension(OptionsProto.task), out);
    }
    if (event && task) {
      out.add(
          Rule.EVENT_OR_TASK,
          message,
          OptionsProto.TASK_FIELD_NUMBER,
          "is both an event and a task",
          "make two messages: a fact is told to all, work is claimed by one");
    }
  }

  private static void event(Descriptor message, Event event, Findings out) {
    int option = OptionsProto.EVENT_FIELD_NUMBER;
    String problem = problem(message, event.getKey());
    if (event.getKey().isEmpty()) {
      problem = "names no key";
    }
    if (!problem.isEmpty()) {
      out.add(
          Rule.EVENT_HAS_KEY,
          message,
          option,
          problem,
          "add: option (concordat.v1.event) = {key: \"<field>\"}; with a single string, integer or"
              + " bool field");
    }
    var durations = new DurationRules(message, option, out);
    durations.positive(event.hasRetention(), event.getRetention(), "event.retention");
    durations.positive(event.hasExpireAfter(), event.getExpireAfter(), "event.expire_after");
  }

  private static void task(Descriptor message, Task task, Findings out) {
    int option = OptionsProto.TASK_FIELD_NUMBER;
    taskField(message, "key", task.getKey(), out);
    taskField(message, "unique_by", task.getUniqueBy(), out);
    var durations = new DurationRules(message, option, out);
    var backoff = task.getBackoff();
    durations.positive(task.hasLease(), task.getLease(), "task.lease");
    durations.positive(task.getRate().hasPer(), task.getRate().getPer(), "task.rate.per");
    durations.positive(task.hasExpireAfter(), task.getExpireAfter(), "task.expire_after");
    durations.positive(task.hasRemember(), task.getRemember(), "task.remember");
    durations.positive(backoff.hasBase(), backoff.getBase(), "task.backoff.base");
    durations.positive(backoff.hasMax(), backoff.getMax(), "task.backoff.max");
    durations.ordered(
        Rule.BACKOFF_WITHIN_MAX,
        Policies.firstWait(backoff),
        Policies.longestWait(backoff),
        "task.backoff.base",
        "task.backoff.max");
  }

  private static void taskField(Descriptor message, String option, String name, Findings out) {
    String problem = name.isEmpty() ? "" : problem(message, name);
    if (!problem.isEmpty()) {
      out.add(
          Rule.TASK_NAMES_FIELDS,
          message,
          OptionsProto.TASK_FIELD_NUMBER,
          problem + " in task." + option,
          "name a single string, integer or bool field of it");
    }
  }

  private static String problem(Descriptor message, String name) {
    FieldDescriptor field = message.findFieldByName(name);
    if (field == null) {
      return "has no field \"" + name + "\"";
    }
    return Fields.isKey(field) ? "" : "has a field \"" + name + "\" that cannot be a key";
  }
}
