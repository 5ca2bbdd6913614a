package dev.concordat.bench.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the calling process has said so far; see [CallingProcess].
///
/// Threads: safe for many.
final class LoadReport {
  private static final Pattern NUMBERS =
      Pattern.compile("(over )?calls (\\d+) failed (\\d+)( slowest (\\d+))?");

  private final Queue<String> others = new ConcurrentLinkedQueue<>();
  private volatile long calls;
  private volatile long failed;
  private volatile long slowest;
  private volatile boolean over;

  void line(String line) {
    Matcher numbers = NUMBERS.matcher(line);
    if (numbers.matches()) {
      calls = Long.parseLong(numbers.group(2));
      failed = Long.parseLong(numbers.group(3));
      if (numbers.group(1) != null) {
        slowest = Long.parseLong(numbers.group(5));
        over = true;
      }
    } else if (!line.startsWith("ready")) {
      others.add(line);
    }
  }

  long calls() {
    return calls;
  }

  long failed() {
    return failed;
  }

  /// Milliseconds.
  long slowest() {
    return slowest;
  }

  /// Whether it has come to its end and these are the last numbers.
  boolean over() {
    return over;
  }

  /// The kinds of failures, with their numbers.
  List<String> failures() {
    return new ArrayList<>(others);
  }
}
