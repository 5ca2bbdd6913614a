package dev.concordat.cli;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.service.v1.CallAttempt;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.TargetInstance;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Calls and the instances that are called, as lines for people and for programs.
final class CallLines {
  static final String TARGET_HEAD =
      String.format(
          Locale.ROOT,
          "%-12s %-12s %-22s %-12s %11s %8s %10s %8s %s",
          "CALLER",
          "SERVICE",
          "INSTANCE",
          "STATE",
          "OUTSTANDING",
          "STREAMS",
          "LATENCY",
          "GOOD",
          "OUT FOR");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private CallLines() {}

  /// One line for the call, one for each attempt, and one for what it said.
  static List<String> of(String caller, CallRecord call) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s  %-10s %-44s %-18s %10s of %s%s",
            TIME.format(at(call.getBeganAt())),
            caller,
            call.getMethod(),
            call.getOutcome(),
            time(call.getTook()),
            time(call.getBudget()),
            marks(call)));
    call.getAttemptsList().forEach(attempt -> lines.add(attempt(attempt)));
    if (!call.getMessage().isEmpty()) {
      lines.add("    said    " + call.getMessage());
    }
    return lines;
  }

  private static String marks(CallRecord call) {
    StringBuilder marks = new StringBuilder();
    mark(!call.getDecidedBy().isEmpty(), "by " + call.getDecidedBy(), marks);
    mark(call.getCoalesced(), "shared", marks);
    mark(call.getReplayed(), "replayed", marks);
    mark(!call.getKey().isEmpty(), "key " + call.getKey(), marks);
    mark(call.getBudgetEmpty(), "retry budget empty", marks);
    mark(
        call.hasSpareAttempts() && !call.getBudgetEmpty(),
        String.format(Locale.ROOT, "%.0f more attempts in the budget", call.getSpareAttempts()),
        marks);
    mark(!call.getTraceId().isEmpty(), "trace " + call.getTraceId(), marks);
    return marks.toString();
  }

  private static void mark(boolean is, String mark, StringBuilder marks) {
    if (is) {
      marks.append(marks.isEmpty() ? "  " : ", ").append(mark);
    }
  }

  private static String attempt(CallAttempt attempt) {
    StringBuilder line = new StringBuilder("    ");
    line.append(attempt.getHedge() ? "hedge " : "try ").append(attempt.getNumber());
    line.append(attempt.getHedge() ? " " : "   ");
    line.append(attempt.getAddress().isEmpty() ? "no instance" : attempt.getAddress());
    line.append("  ").append(attempt.getOutcome().isEmpty() ? "under way" : attempt.getOutcome());
    line.append(" in ").append(time(attempt.getTook()));
    if (nanos(attempt.getWaited()) > 0) {
      line.append(" after ").append(time(attempt.getWaited()));
    }
    if (!attempt.getDecidedBy().isEmpty()) {
      line.append(", by ").append(attempt.getDecidedBy());
    }
    if (attempt.getCandidates() > 0) {
      line.append("; of ").append(attempt.getCandidates()).append(", ");
      line.append(attempt.getOutstanding()).append(" outstanding, usually ");
      line.append(time(attempt.getLatency()));
    }
    if (!attempt.getState().isEmpty()) {
      line.append(", ").append(attempt.getState());
    }
    return line.toString();
  }

  static String of(String caller, TargetInstance one) {
    return String.format(
            Locale.ROOT,
            "%-12s %-12s %-22s %-12s %11d %8d %10s %7.0f%% %s",
            caller,
            one.getTarget(),
            one.getAddress(),
            one.getState(),
            one.getOutstanding(),
            one.getStreams(),
            time(one.getLatency()),
            one.getSuccess() * 100,
            nanos(one.getOut()) == 0 ? "" : time(one.getOut()))
        .stripTrailing();
  }

  /// One line, with the caller first.
  static String json(String caller, MessageOrBuilder message) {
    return json("caller", caller, message);
  }

  /// @param name of what stands before the message's fields: whose it is
  static String json(String name, String value, MessageOrBuilder message) {
    try {
      String json =
          JsonFormat.printer()
              .alwaysPrintFieldsWithNoPresence()
              .omittingInsignificantWhitespace()
              .print(message);
      String rest = json.equals("{}") ? "}" : "," + json.substring(1);
      return "{\"" + name + "\":\"" + value + "\"" + rest;
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.because("the answer cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  static Instant at(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  static Duration duration(java.time.Duration time) {
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }

  private static long nanos(Duration time) {
    return java.time.Duration.ofSeconds(time.getSeconds(), time.getNanos()).toNanos();
  }

  private static String time(Duration time) {
    double millis = nanos(time) / 1e6;
    if (millis >= 10_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
    return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
  }
}
