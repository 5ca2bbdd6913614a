package dev.concordat.cli;

import com.google.protobuf.ByteString;
import dev.concordat.service.v1.DeadLetter;
import dev.concordat.service.v1.DeadLetterState;
import dev.concordat.service.v1.RedriveLine;
import dev.concordat.service.v1.ShownDeadLetter;
import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Dead letters as lines for people.
final class DeadLetterLines {
  static final String HEAD =
      String.format(
          Locale.ROOT, "%-14s %-24s %-34s %-20s %s", "ID", "DIED AT", "OF", "KEY", "REASON");

  private static final int BYTES_SHOWN = 1_024;
  private static final int BYTES_A_LINE = 32;

  private DeadLetterLines() {}

  static String line(String service, DeadLetter letter) {
    return String.format(
        Locale.ROOT,
        "%-14s %-24s %-34s %-20s %s%s",
        service + "/" + letter.getDeadLetterId(),
        Moments.utc(letter.getDiedAt()),
        letter.getName(),
        letter.getKey(),
        ended(letter),
        letter.getReason());
  }

  static void print(ShownDeadLetter shown, PrintWriter out) {
    DeadLetter letter = shown.getDeadLetter();
    out.println(letter.getTopic() + " " + letter.getKey());
    String place =
        shown.getPlace().isEmpty() ? "" : " (partition/position " + shown.getPlace() + ")";
    row(out, "given up by", letter.getName() + " at " + Moments.utc(letter.getDiedAt()) + place);
    row(out, "because", letter.getReason());
    if (letter.getState() != DeadLetterState.OPEN) {
      row(out, "now", ended(letter).strip());
    }
    row(out, "trace", shown.getTraceId());
    row(out, "traced again", shown.getRedrivenTraceId());
    new TreeMap<>(shown.getEnvelopeMap())
        .forEach((name, value) -> row(out, "envelope", name + ": " + value));
    shown
        .getTriesList()
        .forEach(one ->
            row(
                out,
                "tried",
                Moments.utc(one.getTriedAt())
                    + (one.getInstance().isEmpty() ? "" : " by " + one.getInstance())
                    + "  "
                    + one.getError()));
    shown.getStack().lines().forEach(line -> row(out, "stack", line));
    if (shown.getUnreadableBecause().isEmpty()) {
      out.println(shown.getMessageJson());
    } else {
      row(out, "unreadable", shown.getUnreadableBecause());
      hex(shown.getUnreadable()).forEach(out::println);
    }
  }

  /// What would be done for one service.
  static void plan(String service, List<RedriveLine> plan, PrintWriter out) {
    for (RedriveLine line : plan) {
      out.printf(
          Locale.ROOT,
          "%-10s %,7d of %s, given up on from %s to %s%s%n",
          service,
          line.getCount(),
          line.getName(),
          Moments.utc(line.getOldest()),
          Moments.utc(line.getNewest()),
          line.getTaken() ? "" : "; these cannot go back: the service no longer has it");
    }
  }

  static List<String> hex(ByteString bytes) {
    byte[] shown = bytes.substring(0, Math.min(bytes.size(), BYTES_SHOWN)).toByteArray();
    List<String> lines = new java.util.ArrayList<>();
    for (int from = 0; from < shown.length; from += BYTES_A_LINE) {
      int to = Math.min(shown.length, from + BYTES_A_LINE);
      lines.add(
          String.format(Locale.ROOT, "  %06x  ", from) + HexFormat.of().formatHex(shown, from, to));
    }
    if (bytes.size() > BYTES_SHOWN) {
      lines.add("  … " + bytes.size() + " bytes in all");
    }
    return lines;
  }

  private static String ended(DeadLetter letter) {
    String who = " by " + letter.getEndedBy() + " at " + Moments.utc(letter.getEndedAt());
    return switch (letter.getState()) {
      case REDRIVEN -> "sent back" + who + "; ";
      case DISCARDED -> "discarded" + who + ": " + letter.getDiscardedBecause() + "; ";
      case OPEN, ANY, DEAD_LETTER_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  private static void row(PrintWriter out, String name, String value) {
    if (!value.isEmpty()) {
      out.printf("  %-12s %s%n", name, value);
    }
  }
}
