package dev.concordat.edge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// JSON in UTF-8, into one growing buffer.
final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] out;
  private int size;

  JsonWriter(int capacity) {
    out = new byte[Math.max(64, capacity)];
  }

  byte[] toBytes() {
    return Arrays.copyOf(out, size);
  }

  void raw(char c) {
    need(1);
    out[size++] = (byte) c;
  }

  void raw(byte[] bytes) {
    need(bytes.length);
    System.arraycopy(bytes, 0, out, size, bytes.length);
    size += bytes.length;
  }

  /// Text in ASCII that needs no escape.
  void ascii(String text) {
    int length = text.length();
    need(length);
    for (int i = 0; i < length; i++) {
      out[size++] = (byte) text.charAt(i);
    }
  }

  void quotedAscii(String text) {
    raw('"');
    ascii(text);
    raw('"');
  }

  void string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    string(utf8, 0, utf8.length);
  }

  /// A string from UTF-8, escaped where JSON wants it.
  void string(byte[] utf8, int from, int to) {
    if (!Utf8.valid(utf8, from, to)) {
      throw Undecodable.because("text that is not UTF-8");
    }
    need(to - from + 2);
    out[size++] = '"';
    int start = from;
    for (int i = from; i < to; i++) {
      byte b = utf8[i];
      if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
        copy(utf8, start, i);
        escape(b);
        start = i + 1;
      }
    }
    copy(utf8, start, to);
    raw('"');
  }

  /// Base64 with padding, quoted.
  void base64(byte[] bytes, int from, int to) {
    raw('"');
    raw(Base64.getEncoder().encode(Arrays.copyOfRange(bytes, from, to)));
    raw('"');
  }

  private void escape(byte b) {
    need(6);
    out[size++] = '\\';
    switch (b) {
      case '"', '\\' -> out[size++] = b;
      case '\n' -> out[size++] = 'n';
      case '\r' -> out[size++] = 'r';
      case '\t' -> out[size++] = 't';
      default -> {
        out[size++] = 'u';
        out[size++] = '0';
        out[size++] = '0';
        out[size++] = HEX[b >> 4];
        out[size++] = HEX[b & 15];
      }
    }
  }

  private void copy(byte[] bytes, int from, int to) {
    need(to - from);
    System.arraycopy(bytes, from, out, size, to - from);
    size += to - from;
  }

  private void need(int more) {
    if (out.length - size < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
    }
  }
}
