package dev.concordat.core;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The `baggage` header (W3C Baggage): `name=value,name=value`, values percent-encoded.
final class Baggage {
  private static final int MAX_ENTRIES = 64;
  private static final String PLAIN =
      "!#$&'()*+-./:<=>?@[]^_`{|}~";

  private Baggage() {}

  static String write(Map<String, String> baggage, int maxBytes) {
    StringBuilder text = new StringBuilder();
    int entries = 0;
    for (var entry : baggage.entrySet()) {
      String member = entry.getKey() + "=" + encode(entry.getValue());
      boolean fits = text.length() + member.length() + 1 <= maxBytes && entries < MAX_ENTRIES;
      if (fits && isToken(entry.getKey())) {
        text.append(text.isEmpty() ? "" : ",").append(member);
        entries++;
      }
    }
    return text.toString();
  }

  static Map<String, String> read(String text, int maxBytes) {
    Map<String, String> baggage = new LinkedHashMap<>();
    if (text.length() > maxBytes) {
      return baggage;
    }
    for (String member : text.split(",", MAX_ENTRIES + 1)) {
      String pair = member.split(";", 2)[0];
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (isToken(name) && baggage.size() < MAX_ENTRIES) {
        decode(pair.substring(equals + 1).strip(), name, baggage);
      }
    }
    return baggage;
  }

  private static void decode(String value, String name, Map<String, String> into) {
    try {
      into.put(name, URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      into.remove(name);
    }
  }

  private static String encode(String value) {
    StringBuilder text = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || PLAIN.indexOf(c) >= 0;
      text.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return text.toString();
  }

  private static boolean isToken(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
