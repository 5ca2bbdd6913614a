package dev.concordat.edge;

/// Whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
final class Utf8 {
  private Utf8() {}

  /// The length of the character that begins here, or 0 when it is not one.
  static int length(byte[] in, int at, int end) {
    int first = in[at];
    if (first >= 0) {
      return 1;
    }
    int length =
        (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : (first & 0xf8) == 0xf0 ? 4 : 0;
    if (length == 0 || at + length > end) {
      return 0;
    }
    int point = first & (0x7f >> length);
    for (int i = 1; i < length; i++) {
      if ((in[at + i] & 0xc0) != 0x80) {
        return 0;
      }
      point = point << 6 | (in[at + i] & 0x3f);
    }
    boolean shortest = point >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
    boolean surrogate = point >= 0xd800 && point <= 0xdfff;
    return shortest && !surrogate && point <= 0x10ffff ? length : 0;
  }

  static boolean valid(byte[] in, int from, int to) {
    int at = from;
    while (at < to) {
      int length = length(in, at, to);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }
}
