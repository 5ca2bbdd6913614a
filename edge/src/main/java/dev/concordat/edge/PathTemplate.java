package dev.concordat.edge;

import java.util.ArrayList;
import java.util.List;

/// A path with variables, as `google.api.http` writes it: `/v1/orders/{order_id}:cancel`,
/// `/v1/{name=shelves/*/books/**}`.
///
/// Source: the grammar in `google/api/http.proto`.
///
/// @param text as it was written
/// @param segments literals, `*` and `**`
/// @param variables what is taken out of the path
/// @param verb what follows the last colon; empty when nothing does
record PathTemplate(String text, List<String> segments, List<Variable> variables, String verb) {
  static final String ONE = "*";
  static final String REST = "**";

  /// Part of the path that is a field of the request.
  ///
  /// @param field path of the field in the contract's names
  /// @param from its first segment
  /// @param to after its last; -1 when it takes all that is left
  record Variable(String field, int from, int to) {
    /// Whether it is exactly one segment that stands for itself.
    boolean single(List<String> segments) {
      return to == from + 1 && segments.get(from).equals(ONE);
    }
  }

  PathTemplate {
    segments = List.copyOf(segments);
    variables = List.copyOf(variables);
  }

  static PathTemplate parse(String text) {
    return new Parser(text).template();
  }

  /// The same for every template that matches the same paths.
  String shape() {
    return "/" + String.join("/", segments) + (verb.isEmpty() ? "" : ":" + verb);
  }

  private static final class Parser {
    private final String text;
    private final List<String> segments = new ArrayList<>();
    private final List<Variable> variables = new ArrayList<>();
    private int at;

    Parser(String text) {
      this.text = text;
    }

    PathTemplate template() {
      expect('/');
      segments(false);
      String verb = "";
      if (at < text.length() && text.charAt(at) == ':') {
        at++;
        verb = word();
      }
      if (at < text.length()) {
        throw bad("unexpected '" + text.charAt(at) + "'");
      }
      int rest = segments.indexOf(REST);
      if (rest >= 0 && rest < segments.size() - 1) {
        throw bad("'**' must be the last segment");
      }
      return new PathTemplate(text, segments, variables, verb);
    }

    private void segments(boolean inVariable) {
      do {
        segment(inVariable);
      } while (take('/'));
    }

    private void segment(boolean inVariable) {
      if (take('{')) {
        if (inVariable) {
          throw bad("a variable inside a variable");
        }
        variable();
      } else if (take('*')) {
        segments.add(take('*') ? REST : ONE);
      } else {
        segments.add(word());
      }
    }

    private void variable() {
      int start = at;
      while (at < text.length() && (isName(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      String field = text.substring(start, at);
      if (field.isEmpty()) {
        throw bad("a variable without a field");
      }
      int from = segments.size();
      if (take('=')) {
        segments(true);
      } else {
        segments.add(ONE);
      }
      expect('}');
      boolean open = segments.getLast().equals(REST);
      variables.add(new Variable(field, from, open ? -1 : segments.size()));
    }

    private String word() {
      int start = at;
      while (at < text.length()
          && (isName(text.charAt(at)) || "-.~".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      if (at == start) {
        throw bad("an empty segment");
      }
      return text.substring(start, at);
    }

    private static boolean isName(char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    private boolean take(char wanted) {
      if (at < text.length() && text.charAt(at) == wanted) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char wanted) {
      if (!take(wanted)) {
        throw bad("expected '" + wanted + "'");
      }
    }

    private IllegalArgumentException bad(String why) {
      return new IllegalArgumentException(
          "the path \"" + text + "\" is not valid at character " + at + ": " + why);
    }
  }
}
