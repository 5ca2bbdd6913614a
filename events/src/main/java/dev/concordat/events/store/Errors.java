package dev.concordat.events.store;

import java.io.PrintWriter;
import java.io.StringWriter;

/// An exception for people: in one line, and in full.
public final class Errors {
  private static final int LENGTH = 1_000;
  private static final int DEPTH = 4;

  /// In characters: enough for the frames of a handler and of what it calls.
  private static final int STACK_LENGTH = 16_000;

  private Errors() {}

  public static String text(Throwable e) {
    StringBuilder text = new StringBuilder();
    Throwable at = e;
    for (int depth = 0; at != null && depth < DEPTH; depth++) {
      text.append(depth == 0 ? "" : ", because of ").append(at.getClass().getSimpleName());
      if (at.getMessage() != null) {
        text.append(": ").append(at.getMessage());
      }
      at = at.getCause();
    }
    String line = text.toString().replaceAll("[\\s\\x00]+", " ");
    return line.length() <= LENGTH ? line : line.substring(0, LENGTH) + "…";
  }

  /// The stack trace with its causes; the end is cut off when it is very long.
  public static String stack(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    String stack = text.toString().replace("\0", "");
    return stack.length() <= STACK_LENGTH ? stack : stack.substring(0, STACK_LENGTH) + "…";
  }
}
