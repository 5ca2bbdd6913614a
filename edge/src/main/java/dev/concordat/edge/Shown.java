package dev.concordat.edge;

/// A stranger's text, short enough to be repeated in an answer.
final class Shown {
  private static final int LENGTH = 60;

  private Shown() {}

  static String of(String text) {
    if (text.length() <= LENGTH) {
      return text;
    }
    boolean split = Character.isHighSurrogate(text.charAt(LENGTH - 1));
    return text.substring(0, split ? LENGTH - 1 : LENGTH) + "…";
  }
}
