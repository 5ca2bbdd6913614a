package dev.concordat.telemetry;

import java.util.HexFormat;
import java.util.Map;

/// Writes JSON, one object; there is nothing here to read it.
final class Json {
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder text = new StringBuilder("{");

  /// A field with text.
  Json put(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  /// A field with a whole number.
  Json put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /// A field with what is JSON already.
  Json raw(String name, CharSequence json) {
    name(name);
    text.append(json);
    return this;
  }

  /// A field for each entry.
  Json putAll(Map<String, String> entries) {
    entries.forEach(this::put);
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> plain(c, value, i);
      }
    }
    text.append('"');
  }

  // Half a surrogate pair cannot be written in UTF-8, and few readers take a zero.
  private void plain(char c, String value, int at) {
    boolean lonely =
        (Character.isHighSurrogate(c)
                && (at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1))))
            || (Character.isLowSurrogate(c)
                && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1))));
    if (lonely || c == 0) {
      text.append('\uFFFD');
    } else if (c < ' ' || c == '\u007f' || c == '\u2028' || c == '\u2029') {
      text.append("\\u").append(HEX.toHexDigits(c));
    } else {
      text.append(c);
    }
  }
}
