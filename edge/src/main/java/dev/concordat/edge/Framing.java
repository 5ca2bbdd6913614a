package dev.concordat.edge;

import java.nio.charset.StandardCharsets;

/// How the messages of a stream stand in a body. An error after the first message is a record of
/// its own, under a name that no field can have.
enum Framing {
  /// One JSON text per line.
  LINES("", "", "\n", "{\"@error\":", "}\n", ""),
  /// Server-sent events; `error` and `end` have their own names, so that a browser can tell an end
  /// from a broken connection.
  EVENTS("", "data: ", "\n\n", "event: error\ndata: ", "\n\n", "event: end\ndata: {}\n\n"),
  /// One JSON array.
  ARRAY("[", "", "", "{\"@error\":", "}", "]");

  private final String begin;
  private final String before;
  private final String after;
  private final String beforeError;
  private final String afterError;
  private final String end;

  Framing(
      String begin,
      String before,
      String after,
      String beforeError,
      String afterError,
      String end) {
    this.begin = begin;
    this.before = before;
    this.after = after;
    this.beforeError = beforeError;
    this.afterError = afterError;
    this.end = end;
  }

  static Framing of(String mediaType) {
    return switch (mediaType) {
      case MediaTypes.EVENTS -> EVENTS;
      case MediaTypes.JSON -> ARRAY;
      default -> LINES;
    };
  }

  byte[] begin() {
    return ascii(begin);
  }

  byte[] record(byte[] json, boolean first) {
    return join(first, before, json, after);
  }

  byte[] error(byte[] json, boolean first) {
    return join(first, beforeError, json, afterError);
  }

  /// What closes the body.
  ///
  /// @param failed whether an error was the last record
  byte[] end(boolean failed) {
    return failed && this == EVENTS ? new byte[0] : ascii(end);
  }

  private byte[] join(boolean first, String head, byte[] json, String tail) {
    byte[] before = ascii(this == ARRAY && !first ? ",\n" + head : head);
    byte[] after = ascii(tail);
    WireWriter out = new WireWriter(before.length + json.length + after.length);
    out.append(before, 0, before.length);
    out.append(json, 0, json.length);
    out.append(after, 0, after.length);
    return out.toBytes();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
