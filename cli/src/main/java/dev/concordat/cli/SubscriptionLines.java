package dev.concordat.cli;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.concordat.core.Clock;
import dev.concordat.service.v1.Subscription;
import dev.concordat.service.v1.SubscriptionPartition;
import dev.concordat.service.v1.SubscriptionPause;
import java.io.PrintWriter;
import java.util.Locale;

/// Subscriptions as lines for people.
final class SubscriptionLines {
  private SubscriptionLines() {}

  static Table table() {
    return Table.of(
        "SUBSCRIPTION", "STATE", ">LAG", ">OLDEST", ">PARKED", ">DEAD", ">RATE", ">LEFT");
  }

  static void add(Table table, String service, Subscription one) {
    table.add(
        service + "/" + one.getName(),
        state(one),
        String.format(Locale.ROOT, "%,d", one.getLag()),
        one.hasOldestWaiting() ? age(one.getOldestWaiting()) : "-",
        Long.toString(one.getParkedKeys()),
        Long.toString(one.getDeadLetters()),
        String.format(Locale.ROOT, "%.1f/s", one.getPerSecond()),
        left(one));
  }

  static void print(String service, Subscription one, PrintWriter out) {
    out.println(service + "/" + one.getName() + " reads " + one.getTopic());
    row(out, "state", state(one));
    for (SubscriptionPause pause : one.getPausesList()) {
      row(
          out,
          "paused",
          (pause.getKey().isEmpty() ? "" : "key " + pause.getKey() + " ")
              + "by "
              + pause.getPausedBy()
              + " since "
              + Moments.utc(pause.getSince())
              + (pause.getReason().isEmpty() ? "" : ": " + pause.getReason()));
    }
    if (one.hasDownSince()) {
      row(
          out,
          "down",
          "for " + age(one.getDownSince()) + ": " + one.getDownBecause().replace('\n', ' '));
    }
    row(
        out,
        "waiting",
        String.format(
            Locale.ROOT,
            "%,d%s",
            one.getLag(),
            one.hasOldestWaiting() ? ", the oldest for " + age(one.getOldestWaiting()) : ""));
    row(
        out,
        "caught up",
        String.format(
            Locale.ROOT,
            "%.1f %%, %.1f/s, %s",
            Math.floor(one.getCaughtUp() * 1_000) / 10,
            one.getPerSecond(),
            one.getLag() == 0 ? "nothing waits" : left(one) + " left"));
    row(out, "parked", one.getParkedKeys() + " keys with " + one.getParkedMessages() + " messages");
    row(out, "dead letters", Long.toString(one.getDeadLetters()));
    partitions(one, out);
  }

  private static void partitions(Subscription one, PrintWriter out) {
    for (SubscriptionPartition at : one.getPartitionsList()) {
      row(
          out,
          "partition " + at.getPartition(),
          String.format(
              Locale.ROOT,
              "at %,d of %,d%s%s",
              at.getPosition(),
              at.getEnd(),
              at.hasOldestWaiting() ? ", waiting for " + age(at.getOldestWaiting()) : "",
              at.getHeld() ? "" : ", read by nobody"));
    }
  }

  private static String state(Subscription one) {
    if (!one.getInCode()) {
      return "gone";
    }
    if (one.getPausesList().stream().anyMatch(pause -> pause.getKey().isEmpty())) {
      return "paused";
    }
    if (one.hasDownSince()) {
      return "down";
    }
    return one.getPartitionsList().stream().allMatch(SubscriptionPartition::getHeld)
        ? "running"
        : "unread";
  }

  private static String left(Subscription one) {
    if (one.getLag() == 0) {
      return "-";
    }
    return one.hasRemaining() ? time(one.getRemaining()) : "?";
  }

  static String age(Timestamp since) {
    return time(java.time.Duration.between(Moments.instant(since), Clock.SYSTEM.now()));
  }

  private static String time(Duration time) {
    return time(java.time.Duration.ofSeconds(time.getSeconds(), time.getNanos()));
  }

  static String time(java.time.Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + "m" + seconds % 60 + "s";
    }
    return seconds < 86_400
        ? seconds / 3_600 + "h" + seconds % 3_600 / 60 + "m"
        : seconds / 86_400 + "d" + seconds % 86_400 / 3_600 + "h";
  }

  private static void row(PrintWriter out, String name, String value) {
    out.printf("  %-13s %s%n", name, value);
  }
}
