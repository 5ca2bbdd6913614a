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
  private static final int BYTES_SHOWN = 1_024;
  private static final int BYTES_A_LINE = 32;

  private DeadLetterLines() {}

  static Table table() {
    return Table.of("ID", "DIED AT", "OF", "KEY", "REASON");
  }

  static void add(Table table, String service, DeadLetter letter) {
    table.add(
        service + "/" + letter.getDeadLetterId(),
        Moments.utc(letter.getDiedAt()),
        letter.getName(),
        letter.getKey(),
        ended(letter) + letter.getReason().lines().findFirst().orElse(""));
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
    if (!shown.getStack().isEmpty()) {
      out.println("  stack");
      shown.getStack().lines().forEach(line -> out.println("    " + line.strip()));
    }
    if (shown.getUnreadableBecause().isEmpty()) {
      out.println("  message");
      shown.getMessageJson().lines().forEach(line -> out.println("    " + line));
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

  /// Says so when what was meant does not wait.
  ///
  /// @param named how many were named; 0 when a filter said which
  /// @param found how many of them wait
  /// @return whether some that were named do not wait
  static boolean missing(long named, long found, PrintWriter out) {
    if (named > found) {
      out.printf(
          "%d of the %d named do%s not wait: unknown, sent back or discarded%n",
          named - found, named, named - found == 1 ? "es" : "");
    } else if (found == 0) {
      out.println("no such dead letters wait");
    }
    return named > found;
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
