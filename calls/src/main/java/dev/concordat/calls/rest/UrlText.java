package dev.concordat.calls.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/// Values in a URL.
///
/// Source: RFC 3986 §2; `google/api/http.proto` on what is escaped.
final class UrlText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String UNRESERVED = "-._~";

  private UrlText() {}

  /// Everything but the unreserved characters encoded: a value cannot leave its place.
  static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.toHexDigits(b));
      }
    }
    return out.toString();
  }

  /// One part of a path. Empty ones and dots would be another path to whoever reads it: `/a/../b`
  /// is `/b`, encoded or not.
  static String segment(String text, String field) throws Unfit {
    if (text.isEmpty() || text.equals(".") || text.equals("..")) {
      throw new Unfit(
          field
              + " stands in the path and cannot be "
              + (text.isEmpty() ? "empty" : "\"" + text + "\""));
    }
    return encode(text);
  }

  /// A scalar as JSON would have it, without quotes.
  static String of(Object value) {
    return switch (value) {
      case EnumValueDescriptor one -> one.getName();
      case ByteString bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
      case Double number when number.isInfinite() -> number > 0 ? "Infinity" : "-Infinity";
      case Float number when number.isInfinite() -> number > 0 ? "Infinity" : "-Infinity";
      default -> value.toString();
    };
  }
}
