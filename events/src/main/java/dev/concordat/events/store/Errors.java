package dev.concordat.events.store;

/// An exception in one line, for people.
public final class Errors {
  private static final int LENGTH = 1_000;
  private static final int DEPTH = 4;

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
}
