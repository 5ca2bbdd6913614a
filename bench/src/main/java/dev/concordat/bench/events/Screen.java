package dev.concordat.bench.events;

import java.io.PrintWriter;
import java.util.Locale;

/// Where progress is shown.
record Screen(PrintWriter out) {
  void say(String format, Object... arguments) {
    out.printf(Locale.ROOT, format + "%n", arguments);
    out.flush();
  }
}
