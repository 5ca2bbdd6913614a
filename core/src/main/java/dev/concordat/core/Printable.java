package dev.concordat.core;

/// What may stand in a header: printable ASCII. A loop and no stream: every call passes here
/// several times.
final class Printable {
  private Printable() {}

  static boolean all(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
