package dev.concordat.edge;

/// Finds `@type` in an object by reading over everything else.
final class AnyType {
  private AnyType() {}

  /// The member's text, or empty when there is none. Leaves the reader after the object.
  static String find(JsonReader in) {
    String url = "";
    boolean found = false;
    in.expect('{', "an object");
    for (boolean first = true; in.more(first, '}'); first = false) {
      String name = in.stringValue();
      in.expect(':', "':'");
      if (name.equals("@type")) {
        if (found) {
          throw in.path.refuse("json.duplicate", "\"@type\" is given twice");
        }
        found = true;
        url = in.stringValue();
      } else {
        skip(in, 0);
      }
    }
    return url;
  }

  private static void skip(JsonReader in, int depth) {
    if (depth > JsonToProto.DEPTH) {
      throw in.path.refuse("json.depth", "nested more than " + JsonToProto.DEPTH + " levels deep");
    }
    switch (in.peek()) {
      case '{' -> {
        in.take('{');
        for (boolean first = true; in.more(first, '}'); first = false) {
          in.string();
          in.expect(':', "':'");
          skip(in, depth + 1);
        }
      }
      case '[' -> {
        in.take('[');
        for (boolean first = true; in.more(first, ']'); first = false) {
          skip(in, depth + 1);
        }
      }
      case '"' -> in.string();
      case 't' -> in.word("true");
      case 'f' -> in.word("false");
      case 'n' -> in.word("null");
      default -> in.number();
    }
  }
}
