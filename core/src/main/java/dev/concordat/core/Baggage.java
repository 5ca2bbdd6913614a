package dev.concordat.core;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The `baggage` header: `name=value,name=value`, values percent-encoded. Properties after a `;`
/// are not kept.
///
/// Source: [W3C Baggage](https://www.w3.org/TR/baggage/).
final class Baggage {
  private static final int MAX_ENTRIES = 64;
  private static final String IN_NAMES = "!#$%&'*+-.^_`|~";
  private static final String IN_VALUES = "!#$&'()*+-./:<=>?@[]^_`{|}~";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Baggage() {}

  /// What does not fit, or has a name that cannot travel, is left out.
  static String write(Map<String, String> baggage, int maxBytes) {
    StringBuilder text = new StringBuilder();
    int entries = 0;
    for (var entry : baggage.entrySet()) {
      String comma = text.isEmpty() ? "" : ",";
      String member = comma + entry.getKey() + "=" + encode(entry.getValue());
      if (isName(entry.getKey())
          && entries < MAX_ENTRIES
          && text.length() + member.length() <= maxBytes) {
        text.append(member);
        entries++;
      }
    }
    return text.toString();
  }

  /// Nothing when the text is longer than allowed; members that are malformed are left out.
  static Map<String, String> read(String text, int maxBytes) {
    Map<String, String> baggage = new LinkedHashMap<>();
    if (text.length() > maxBytes) {
      return baggage;
    }
    for (String member : text.split(",", -1)) {
      String pair = member.split(";", 2)[0];
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (isName(name) && (baggage.size() < MAX_ENTRIES || baggage.containsKey(name))) {
        decode(pair.substring(equals + 1).strip()).ifPresent(value -> baggage.put(name, value));
      }
    }
    return baggage;
  }

  private static Optional<String> decode(String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        if (i + 2 >= value.length()
            || !HexFormat.isHexDigit(value.charAt(i + 1))
            || !HexFormat.isHexDigit(value.charAt(i + 2))) {
          return Optional.empty();
        }
        bytes.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
        i += 2;
      } else if (c > ' ' && c <= '~') {
        bytes.write(c);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }

  private static String encode(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain(b, IN_VALUES)) {
        text.append((char) b);
      } else {
        text.append('%').append(HEX.toHexDigits(b));
      }
    }
    return text.toString();
  }

  private static boolean isName(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> isPlain(c, IN_NAMES));
  }

  private static boolean isPlain(int c, String marks) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || marks.indexOf(c) >= 0;
  }
}
