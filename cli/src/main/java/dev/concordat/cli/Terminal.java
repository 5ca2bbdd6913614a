package dev.concordat.cli;

import dev.concordat.service.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/// What `up` tells the person who started it.
///
/// Threads: safe for many.
final class Terminal implements Progress {
  private final PrintWriter out;

  Terminal(PrintWriter out) {
    this.out = out;
  }

  void say(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  @Override
  public void started(String part, String address, Duration took) {
    say(String.format(Locale.ROOT, "  %-12s %-22s %s", part, address, seconds(took)));
  }

  @Override
  public void stopped(String part, Duration took) {
    say(String.format(Locale.ROOT, "  %-12s %-22s %s", part, "stopped", seconds(took)));
  }

  /// A part in a process of its own answers.
  void started(String part, long pid, String address, Duration took) {
    say(
        String.format(
            Locale.ROOT,
            "  %-12s pid %-8d port %-6s %s",
            part,
            pid,
            portOf(address),
            seconds(took)));
  }

  /// A part that had ended answers again.
  void restarted(String part, long pid, String address) {
    say(
        String.format(
            Locale.ROOT,
            "  %-12s pid %-8d port %-6s had ended and was started again",
            part,
            pid,
            portOf(address)));
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  private static String portOf(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
