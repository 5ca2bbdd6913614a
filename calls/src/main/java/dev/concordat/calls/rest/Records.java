package dev.concordat.calls.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/// The messages in the body of a stream, found while it arrives: lines of JSON, server-sent events,
/// or one JSON array. Holds no more than one message at a time.
///
/// Sources: [NDJSON](https://github.com/ndjson/ndjson-spec); HTML Standard §9.2, "Server-sent
/// events".
final class Records {
  /// Where the body comes from, piece by piece; empty at its end.
  interface Feed {
    Optional<ByteBuffer> piece() throws Arrival.Broken, InterruptedException;
  }

  /// One piece of news in a stream.
  ///
  /// @param event how the sender calls it; empty for a message like any other
  record News(String event, String json) {}

  private static final int NOTHING = -1;
  private static final String DONE = "[DONE]";

  private final Feed feed;
  private final int max;
  private final boolean events;
  private final boolean maybeArray;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private boolean begun;
  private boolean array;
  private boolean afterReturn;

  /// @param mediaType lower case, without parameters
  /// @param max bytes of one message
  Records(Feed feed, String mediaType, int max) {
    this.feed = feed;
    this.max = max;
    this.events = mediaType.equals("text/event-stream");
    this.maybeArray = mediaType.equals("application/json");
  }

  /// The next one; empty when that was all.
  Optional<News> next()
      throws Arrival.Broken, InterruptedException, InvalidProtocolBufferException {
    if (!begun) {
      begun = true;
      array = maybeArray && opensArray();
    }
    if (events) {
      return event();
    }
    return array ? element() : line();
  }

  private Optional<News> line()
      throws Arrival.Broken, InterruptedException, InvalidProtocolBufferException {
    while (true) {
      boolean more = readLine();
      String text = taken();
      if (!text.isBlank()) {
        return Optional.of(new News("", text));
      }
      if (!more) {
        return Optional.empty();
      }
    }
  }

  /// An event that the end of the body cuts off is none, says the standard.
  private Optional<News> event()
      throws Arrival.Broken, InterruptedException, InvalidProtocolBufferException {
    StringBuilder data = new StringBuilder();
    String name = "";
    while (readLine()) {
      String text = taken();
      if (text.isEmpty() && !data.isEmpty()) {
        String json = data.substring(1);
        boolean over = name.equals("end") || json.equals(DONE);
        return over ? Optional.empty() : Optional.of(new News(name, json));
      }
      int colon = text.indexOf(':');
      String field = colon < 0 ? text : text.substring(0, colon);
      String value = colon < 0 ? "" : text.substring(colon + 1);
      if (field.equals("data")) {
        data.append('\n').append(value.startsWith(" ") ? value.substring(1) : value);
        if (data.length() > max) {
          throw tooLarge();
        }
      } else if (field.equals("event")) {
        name = value.strip().toLowerCase(Locale.ROOT);
      } else if (text.isEmpty()) {
        name = "";
      }
    }
    return Optional.empty();
  }

  private boolean opensArray() throws Arrival.Broken, InterruptedException {
    int c = read();
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      c = read();
    }
    if (c != NOTHING && c != '[') {
      piece.position(piece.position() - 1);
    }
    return c == '[';
  }

  private Optional<News> element()
      throws Arrival.Broken, InterruptedException, InvalidProtocolBufferException {
    int depth = 0;
    boolean inString = false;
    boolean escaped = false;
    while (true) {
      int c = read();
      if (c == NOTHING) {
        throw new InvalidProtocolBufferException("the array of messages is cut off");
      }
      boolean ends = !inString && depth == 0 && (c == ',' || c == ']');
      if (ends) {
        String text = taken();
        if (text.isBlank() && c == ']') {
          return Optional.empty();
        }
        if (c == ']') {
          // What follows is the end of the body.
          array = false;
        }
        return Optional.of(new News("", text));
      }
      hold(c);
      if (inString) {
        inString = c != '"' || escaped;
        escaped = c == '\\' && !escaped;
      } else if (c == '"') {
        inString = true;
      } else {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      }
    }
  }

  /// Holds a line without what ends it, which is CR, LF or both.
  ///
  /// @return false when the body ended instead
  private boolean readLine()
      throws Arrival.Broken, InterruptedException, InvalidProtocolBufferException {
    while (true) {
      int c = read();
      boolean second = c == '\n' && afterReturn;
      afterReturn = c == '\r';
      if (c == NOTHING) {
        return false;
      }
      if (!second) {
        if (c == '\n' || c == '\r') {
          return true;
        }
        hold(c);
        holdUntilLineEnds();
      }
    }
  }

  /// What the piece has of the line, at once.
  private void holdUntilLineEnds() throws InvalidProtocolBufferException {
    int end = piece.position();
    while (end < piece.limit() && piece.get(end) != '\n' && piece.get(end) != '\r') {
      end++;
    }
    byte[] bytes = new byte[end - piece.position()];
    if (bytes.length > max - held.size()) {
      throw tooLarge();
    }
    piece.get(bytes);
    held.writeBytes(bytes);
  }

  private void hold(int c) throws InvalidProtocolBufferException {
    if (held.size() >= max) {
      throw tooLarge();
    }
    held.write(c);
  }

  private String taken() throws InvalidProtocolBufferException {
    byte[] bytes = held.toByteArray();
    held.reset();
    return JsonText.utf8(bytes);
  }

  private int read() throws Arrival.Broken, InterruptedException {
    while (!piece.hasRemaining()) {
      Optional<ByteBuffer> next = feed.piece();
      if (next.isEmpty()) {
        return NOTHING;
      }
      piece = next.get();
    }
    return piece.get() & 0xff;
  }

  private InvalidProtocolBufferException tooLarge() {
    return new InvalidProtocolBufferException(
        "a message of the stream is larger than the limit of %,d bytes".formatted(max));
  }
}
