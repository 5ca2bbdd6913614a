package dev.concordat.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.core.TraceContext;
import dev.concordat.service.v1.TopicInfo;
import dev.concordat.service.v1.TopicMessage;
import dev.concordat.service.v1.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Topics and their messages as lines for people and for programs.
final class TopicLines {
  private TopicLines() {}

  static Table table() {
    return Table.of("TOPIC", ">PARTITIONS", ">MESSAGES", ">TOLD", ">KEPT", ">RATE", "READ BY");
  }

  /// @param readers subscriptions with their lag, as text
  static void add(Table table, TopicInfo topic, List<String> readers) {
    long kept = 0;
    long told = 0;
    for (TopicPartition partition : topic.getPartitionsList()) {
      kept += partition.getEnd() - partition.getBegin();
      told += partition.getEnd();
    }
    table.add(
        topic.getName(),
        Integer.toString(topic.getPartitionsCount()),
        String.format(Locale.ROOT, "%,d", kept),
        String.format(Locale.ROOT, "%,d", told),
        SubscriptionLines.time(Duration.ofSeconds(topic.getRetention().getSeconds())),
        String.format(Locale.ROOT, "%.1f/s", topic.getPerSecond()),
        readers.isEmpty() ? "-" : String.join(", ", readers));
  }

  /// When, where, key, what of the envelope people ask for, message.
  static List<String> lines(TopicMessage message) {
    Map<String, String> envelope = message.getEnvelopeMap();
    StringBuilder line = new StringBuilder(Moments.shown(message.getAppendedAt()));
    line.append(
        String.format(Locale.ROOT, "  %-8s", message.getPartition() + "@" + message.getPosition()));
    line.append("  ").append(message.getKey());
    line.append("  id=").append(envelope.getOrDefault("id", ""));
    line.append(" source=").append(envelope.getOrDefault("source", ""));
    TraceContext.parse(envelope.getOrDefault("traceparent", ""), "")
        .ifPresent(trace -> line.append(" trace=").append(trace.traceId()));
    Optional.ofNullable(envelope.get("concordat-worth-until"))
        .ifPresent(until -> line.append(" worth-until=").append(until));
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
