package dev.concordat.events.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Headers as one text column that a person can read: `name: value`, one per line, sorted.
public final class Headers {
  private Headers() {}

  public static String write(Map<String, String> headers) {
    StringBuilder text = new StringBuilder();
    for (var header : new TreeMap<>(headers).entrySet()) {
      boolean oneLine = header.getValue().indexOf('\n') < 0 && header.getValue().indexOf(0) < 0;
      if (oneLine) {
        text.append(header.getKey()).append(": ").append(header.getValue()).append('\n');
      }
    }
    return text.toString();
  }

  public static Map<String, String> read(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        headers.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return headers;
  }
}
