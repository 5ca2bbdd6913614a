package dev.concordat.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.service.v1.TopicInfo;
import dev.concordat.service.v1.TopicMessage;
import dev.concordat.service.v1.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Topics and their messages as lines for people and for programs.
final class TopicLines {
  static final String HEAD =
      String.format(
          Locale.ROOT,
          "%-44s %10s %12s %12s %9s %9s %s",
          "TOPIC",
          "PARTITIONS",
          "MESSAGES",
          "TOLD",
          "KEPT",
          "RATE",
          "READ BY");

  private TopicLines() {}

  /// @param readers subscriptions with their lag, as text
  static String line(TopicInfo topic, List<String> readers) {
    long kept = 0;
    long told = 0;
    for (TopicPartition partition : topic.getPartitionsList()) {
      kept += partition.getEnd() - partition.getBegin();
      told += partition.getEnd();
    }
    return String.format(
        Locale.ROOT,
        "%-44s %10d %,12d %,12d %9s %7.1f/s %s",
        topic.getName(),
        topic.getPartitionsCount(),
        kept,
        told,
        SubscriptionLines.time(Duration.ofSeconds(topic.getRetention().getSeconds())),
        topic.getPerSecond(),
        String.join(", ", readers));
  }

  /// When, where, key, envelope, message.
  static List<String> lines(TopicMessage message) {
    Map<String, String> envelope = message.getEnvelopeMap();
    StringBuilder line = new StringBuilder(Moments.shown(message.getAppendedAt()));
    line.append(
        String.format(Locale.ROOT, "  %-8s", message.getPartition() + "@" + message.getPosition()));
    line.append("  ").append(message.getKey());
    envelope.entrySet().stream()
        .filter(attribute -> !attribute.getKey().startsWith("concordat-caller"))
        .sorted(Map.Entry.comparingByKey())
        .forEach(attribute ->
            line.append(' ').append(attribute.getKey()).append('=').append(attribute.getValue()));
    List<String> lines = new ArrayList<>();
    lines.add(line.toString());
    if (message.getUnreadable().isEmpty()) {
      lines.add("  " + message.getMessageJson());
    } else {
      lines.add("  cannot be read by the contract:");
      lines.addAll(DeadLetterLines.hex(message.getUnreadable()));
    }
    return lines;
  }

  /// One object; the message stands in it as an object, not as text.
  static String json(String topic, TopicMessage message) {
    try {
      String rest =
          JsonFormat.printer()
              .omittingInsignificantWhitespace()
              .alwaysPrintFieldsWithNoPresence()
              .print(message.toBuilder().clearMessageJson().build());
      String body = rest.substring(1, rest.length() - 1).replace("\"messageJson\":\"\",", "");
      String shown = message.getMessageJson().isEmpty() ? "null" : message.getMessageJson();
      return "{\"topic\":\"" + topic + "\"," + body + ",\"message\":" + shown + "}";
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.because("the message cannot be shown as JSON: " + e.getMessage(), e);
    }
  }
}
