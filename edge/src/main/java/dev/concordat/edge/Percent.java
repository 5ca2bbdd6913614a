package dev.concordat.edge;

import java.nio.charset.StandardCharsets;

/// Percent-encoding (RFC 3986), strictly.
final class Percent {
  private static final String UNRESERVED = "-._~";

  private Percent() {}

  /// @param form whether `+` is a space
  static String decode(String raw, boolean form, String where) {
    boolean plain = true;
    for (int i = 0; i < raw.length() && plain; i++) {
      char c = raw.charAt(i);
      plain = c != '%' && c < 0x7f && c > 0x20 && (!form || c != '+');
    }
    if (plain) {
      return raw;
    }
    byte[] bytes = new byte[raw.length()];
    int size = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        boolean complete = i + 2 < raw.length();
        int high = complete ? hex(raw.charAt(i + 1)) : -1;
        int low = complete ? hex(raw.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw RequestPath.refused(where + " has a '%' without two hex digits");
        }
        bytes[size++] = (byte) (high << 4 | low);
        i += 2;
      } else if (c >= 0x7f || c <= 0x20) {
        throw RequestPath.refused(where + " has a character that must be percent-encoded");
      } else {
        bytes[size++] = (byte) (form && c == '+' ? ' ' : c);
      }
    }
    if (!Utf8.valid(bytes, 0, size)) {
      throw RequestPath.refused(where + " is not valid UTF-8");
    }
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  /// Everything but the unreserved characters encoded.
  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean unreserved =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNRESERVED.indexOf(c) >= 0;
      out.append(unreserved ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }
}
