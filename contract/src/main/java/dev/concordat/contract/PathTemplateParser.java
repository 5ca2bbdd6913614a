package dev.concordat.contract;

import dev.concordat.contract.PathTemplate.Segment;
import dev.concordat.contract.PathTemplate.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one template from left to right.
final class PathTemplateParser {
  private static final Pattern LITERAL =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;@-]|%[0-9A-Fa-f]{2})+");
  private static final Pattern FIELD =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*");

  private final String text;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Variable> variables = new ArrayList<>();
  private int at;

  PathTemplateParser(String text) {
    this.text = text;
  }

  PathTemplate parse() {
    expect('/', "a path begins with a slash");
    segments(true);
    Optional<String> verb =
        accept(':') ? Optional.of(match(LITERAL, "a verb after the colon")) : Optional.empty();
    if (at < text.length()) {
      throw refused("the end or a slash was expected");
    }
    int rest = segments.indexOf(new Segment.Rest());
    if (rest >= 0 && rest < segments.size() - 1) {
      throw refused("nothing may follow **");
    }
    return new PathTemplate(text, segments, variables, verb);
  }

  private void segments(boolean variablesAllowed) {
    do {
      if (variablesAllowed && accept('{')) {
        variable();
      } else {
        segments.add(segment());
      }
    } while (accept('/'));
  }

  private void variable() {
    String field = match(FIELD, "the name of a field after {");
    int from = segments.size();
    if (accept('=')) {
      segments(false);
    } else {
      segments.add(new Segment.Any());
    }
    expect('}', "a variable ends with }");
    variables.add(new Variable(field, from, segments.size()));
  }

  private Segment segment() {
    String part = match(LITERAL, "a name, *, ** or {field} was expected");
    return switch (part) {
      case "*" -> new Segment.Any();
      case "**" -> new Segment.Rest();
      default -> {
        if (part.contains("*")) {
          throw refused("* stands alone between slashes");
        }
        yield new Segment.Literal(part);
      }
    };
  }

  private boolean accept(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c, String why) {
    if (!accept(c)) {
      throw refused(why);
    }
  }

  private String match(Pattern pattern, String what) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw refused(what);
    }
    at = matcher.end();
    return matcher.group();
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("\"" + text + "\" at character " + (at + 1) + ": " + why);
  }
}
