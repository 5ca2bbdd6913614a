package dev.concordat.calls.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// JSON looked at without being read: where a value begins and ends, and how deep it goes. Comes
/// before the parser, which would follow a stranger's brackets down until its stack is full, and
/// reads what follows a document as if it were not there.
final class JsonText {
  private static final int MAX_DEPTH = 100;

  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean begun;
  private boolean complete;

  /// @throws InvalidProtocolBufferException when the text is not exactly one value
  static void check(String text) throws InvalidProtocolBufferException {
    JsonText state = new JsonText();
    for (int i = 0; i < text.length(); i++) {
      if (!state.accept(text.charAt(i))) {
        throw new InvalidProtocolBufferException("something follows the JSON document");
      }
      if (state.depth > MAX_DEPTH) {
        throw new InvalidProtocolBufferException("JSON of more than " + MAX_DEPTH + " levels");
      }
    }
    if (!state.begun || state.depth > 0 || state.inString) {
      throw new InvalidProtocolBufferException("the JSON document is cut off");
    }
  }

  /// @throws InvalidProtocolBufferException when the bytes are no UTF-8
  static String utf8(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidProtocolBufferException("the text is not UTF-8", e);
    }
  }

  /// Where the value of an object's first member begins, in JSON without insignificant whitespace.
  static int firstValue(String object) {
    int at = 2;
    while (object.charAt(at) != '"') {
      at += object.charAt(at) == '\\' ? 2 : 1;
    }
    return at + 2;
  }

  /// Takes the next character.
  ///
  /// @return false when the value had ended before it
  private boolean accept(char c) {
    if (inString) {
      boolean closes = c == '"' && !escaped;
      escaped = c == '\\' && !escaped;
      inString = !closes;
      complete = closes && depth == 0;
      return true;
    }
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      // A number, true, false and null end here.
      complete |= begun && depth == 0;
      return true;
    }
    if (complete) {
      return false;
    }
    begun = true;
    switch (c) {
      case '"' -> inString = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        depth--;
        complete = depth == 0;
      }
      default -> {
        // Part of a literal, a colon or a comma: the parser looks at those.
      }
    }
    return depth >= 0;
  }
}
