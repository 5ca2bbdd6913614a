package dev.concordat.cli;

import dev.concordat.service.v1.QueueLine;
import dev.concordat.service.v1.ShownTask;
import dev.concordat.service.v1.TaskLine;
import dev.concordat.service.v1.TaskProgressLine;
import dev.concordat.service.v1.TaskState;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/// Queues and tasks as lines for people.
final class TaskLines {
  private TaskLines() {}

  static void add(Table table, String service, QueueLine queue) {
    table.add(
        service + "/" + queue.getName(),
        many(queue.getWaiting(), 10_000),
        queue.hasOldestWaiting() ? SubscriptionLines.age(queue.getOldestWaiting()) : "-",
        many(queue.getRunning(), 10_000),
        many(queue.getLater(), 10_000),
        many(queue.getDeadLetters(), 1_000),
        queue.getConcurrency() == 0 ? "-" : Integer.toString(queue.getConcurrency()),
        queue.getRateCount() == 0 ? "-" : rate(queue));
  }

  static Table table() {
    return Table.of("TASK", "STATE", "QUEUE", "KEY", "ASKED AT", ">TRIES", "HOW IT STANDS");
  }

  static void add(Table table, String service, TaskLine task) {
    table.add(
        service + "/" + task.getTaskId(),
        state(task),
        task.getQueue(),
        task.getKey(),
        Moments.utc(task.getAskedAt()),
        Integer.toString(task.getAttempt()),
        standing(task));
  }

  static void print(String service, ShownTask shown, PrintWriter out) {
    TaskLine task = shown.getLine();
    out.println(service + "/" + task.getTaskId() + " of " + task.getQueue());
    row(out, "state", state(task));
    row(out, "key", task.getKey());
    row(out, "asked at", task.hasAskedAt() ? Moments.utc(task.getAskedAt()) : "");
    row(out, "due at", task.hasDueAt() ? Moments.utc(task.getDueAt()) : "");
    row(out, "tries", task.getAttempt() == 0 ? "" : Integer.toString(task.getAttempt()));
    row(out, "progress", task.hasProgress() ? progress(task.getProgress()) : "");
    row(out, "last error", task.getLastError());
    row(out, "ended at", task.hasEndedAt() ? Moments.utc(task.getEndedAt()) : "");
    row(out, "because", task.getBecause());
    row(
        out,
        "dead letter",
        task.getDeadLetterId() == 0 ? "" : service + "/" + task.getDeadLetterId());
    if (!shown.getMessageJson().isEmpty()) {
      out.println("  message");
      shown.getMessageJson().lines().forEach(line -> out.println("    " + line));
    }
  }

  private static String standing(TaskLine task) {
    if (task.hasProgress()) {
      return progress(task.getProgress());
    }
    String due =
        task.getState() == TaskState.TASK_STATE_LATER
            ? "due " + Moments.utc(task.getDueAt()) + (task.getLastError().isEmpty() ? "" : "; ")
            : "";
    return due + task.getLastError().lines().findFirst().orElse("");
  }

  private static String progress(TaskProgressLine said) {
    return String.format(
        Locale.ROOT, "%,d of %,d  %s", said.getDone(), said.getTotal(), said.getNote());
  }

  private static String state(TaskLine task) {
    return task.getState()
        .name()
        .substring("TASK_STATE_".length())
        .toLowerCase(Locale.ROOT)
        .replace('_', ' ');
  }

  private static String rate(QueueLine queue) {
    Duration per = Duration.ofSeconds(queue.getRatePer().getSeconds());
    return String.format(
        Locale.ROOT, "%,d in %s", queue.getRateCount(), SubscriptionLines.time(per));
  }

  /// The services count up to a bound.
  private static String many(long count, long bound) {
    return String.format(Locale.ROOT, "%,d%s", count, count >= bound ? "+" : "");
  }

  private static void row(PrintWriter out, String name, String value) {
    if (!value.isEmpty()) {
      out.printf("  %-12s %s%n", name, value);
    }
  }
}
