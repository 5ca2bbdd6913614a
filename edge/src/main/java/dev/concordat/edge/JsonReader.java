package dev.concordat.edge;

import dev.concordat.core.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Tokens of a JSON document in UTF-8 (RFC 8259), strictly: no comments, no trailing commas, no
/// lone surrogates, no bytes that are not UTF-8. Text is handed out as a slice, of the document
/// itself when it holds no escape, so that most strings are copied once, to the wire.
///
/// Failure: everything wrong is one [Failure] that names the path and the byte.
final class JsonReader {
  /// Longer numbers are refused: reading them costs the square of their length.
  private static final int NUMBER_LENGTH = 400;

  final JsonPath path = JsonPath.ofBody();
  private final byte[] in;
  private final int end;
  private int at;

  /// The last text or number: bytes `from` to `to` of `text`.
  byte[] text;

  int from;
  int to;
  private byte[] scratch = new byte[0];

  JsonReader(byte[] in) {
    this.in = in;
    this.end = in.length;
    this.text = in;
  }

  /// The byte that begins the next token, which stays unread; 0 at the end.
  int peek() {
    while (at < end) {
      byte b = in[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b & 0xff;
      }
      at++;
    }
    return 0;
  }

  int position() {
    return at;
  }

  void position(int position) {
    at = position;
  }

  /// Takes the byte when it is next.
  boolean take(char wanted) {
    if (peek() == wanted && at < end) {
      at++;
      return true;
    }
    return false;
  }

  void expect(char wanted, String what) {
    if (!take(wanted)) {
      throw syntax("expected " + what + ", found " + found());
    }
  }

  /// Refuses whatever follows the document.
  void expectEnd() {
    peek();
    if (at < end) {
      throw syntax("expected nothing after the document, found " + found());
    }
  }

  /// Whether an array or object goes on. Call it before every element.
  boolean more(boolean first, char close) {
    if (first) {
      return !take(close);
    }
    if (take(close)) {
      return false;
    }
    expect(',', "',' or '" + close + "'");
    return true;
  }

  void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || in[at + i] != word.charAt(i)) {
        throw syntax("expected a value, found " + found());
      }
    }
    at += word.length();
  }

  /// Reads a string into the text slice.
  void string() {
    expect('"', "a string");
    int start = at;
    while (at < end) {
      byte b = in[at];
      if (b == '"') {
        text = in;
        from = start;
        to = at++;
        return;
      }
      if (b == '\\') {
        escaped(start);
        return;
      }
      at += plain(b);
    }
    throw syntax("the string does not end");
  }

  String stringValue() {
    string();
    return textValue();
  }

  String textValue() {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  /// Reads a number into the text slice.
  void number() {
    peek();
    int start = at;
    if (at < end && in[at] == '-') {
      at++;
    }
    int whole = digits();
    if (whole == 0 || (whole > 1 && in[at - whole] == '0')) {
      at = start;
      throw syntax("expected a number, found " + found());
    }
    if (at < end && in[at] == '.') {
      at++;
      requireDigits();
    }
    if (at < end && (in[at] == 'e' || in[at] == 'E')) {
      at++;
      if (at < end && (in[at] == '+' || in[at] == '-')) {
        at++;
      }
      requireDigits();
    }
    if (at - start > NUMBER_LENGTH) {
      throw path.refuse("json.range", "the number has more than " + NUMBER_LENGTH + " characters");
    }
    text = in;
    from = start;
    to = at;
  }

  /// What stands here, for a person.
  String found() {
    int next = peek();
    if (at >= end) {
      return "the end of the body";
    }
    return switch (next) {
      case '{' -> "an object";
      case '[' -> "an array";
      case '"' -> "a string";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default ->
          next == '-' || (next >= '0' && next <= '9')
              ? "a number"
              : next >= 0x20 && next < 0x7f ? "'" + (char) next + "'" : "byte 0x" + hex(next);
    };
  }

  Failure syntax(String description) {
    return path.refuse("json.syntax", description + " (byte " + at + ")");
  }

  private static String hex(int value) {
    return Integer.toHexString(0x100 | value).substring(1);
  }

  private int digits() {
    int start = at;
    while (at < end && in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    return at - start;
  }

  private void requireDigits() {
    if (digits() == 0) {
      throw syntax("expected a digit in the number");
    }
  }

  private int plain(byte b) {
    if (b >= 0) {
      if (b < 0x20) {
        throw syntax("a control character in a string must be escaped");
      }
      return 1;
    }
    int length = Utf8.length(in, at, end);
    if (length == 0) {
      throw path.refuse("json.utf8", "the text is not valid UTF-8 (byte " + at + ")");
    }
    return length;
  }

  private void escaped(int start) {
    int length = at - start;
    grow(length + 16);
    System.arraycopy(in, start, scratch, 0, length);
    while (at < end) {
      byte b = in[at];
      grow(length + 8);
      if (b == '"') {
        at++;
        text = scratch;
        from = 0;
        to = length;
        return;
      }
      if (b == '\\') {
        at++;
        length = escape(length);
      } else {
        int bytes = plain(b);
        for (int i = 0; i < bytes; i++) {
          scratch[length++] = in[at++];
        }
      }
    }
    throw syntax("the string does not end");
  }

  private void grow(int needed) {
    if (scratch.length < needed) {
      scratch = Arrays.copyOf(scratch, Math.max(64, needed * 2));
    }
  }

  private int escape(int length) {
    int c = at < end ? in[at++] : 0;
    int mean =
        switch (c) {
          case '"', '\\', '/' -> c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> unicode();
          default -> throw syntax("an unknown escape in a string");
        };
    return put(length, mean);
  }

  private int unicode() {
    int high = hex4();
    if (high < 0xd800 || high > 0xdfff) {
      return high;
    }
    if (high < 0xdc00 && at + 1 < end && in[at] == '\\' && in[at + 1] == 'u') {
      at += 2;
      int low = hex4();
      if (low >= 0xdc00 && low <= 0xdfff) {
        return Character.toCodePoint((char) high, (char) low);
      }
    }
    throw path.refuse("json.utf8", "a surrogate without its other half (byte " + at + ")");
  }

  private int hex4() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < end ? Character.digit(in[at] & 0x7f, 16) : -1;
      if (digit < 0 || in[at] < 0) {
        throw syntax("expected four hex digits after \\u");
      }
      value = value << 4 | digit;
      at++;
    }
    return value;
  }

  private int put(int length, int point) {
    int n = length;
    if (point < 0x80) {
      scratch[n++] = (byte) point;
    } else if (point < 0x800) {
      scratch[n++] = (byte) (0xc0 | point >> 6);
      scratch[n++] = continuation(point);
    } else if (point < 0x10000) {
      scratch[n++] = (byte) (0xe0 | point >> 12);
      scratch[n++] = continuation(point >> 6);
      scratch[n++] = continuation(point);
    } else {
      scratch[n++] = (byte) (0xf0 | point >> 18);
      scratch[n++] = continuation(point >> 12);
      scratch[n++] = continuation(point >> 6);
      scratch[n++] = continuation(point);
    }
    return n;
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }
}
