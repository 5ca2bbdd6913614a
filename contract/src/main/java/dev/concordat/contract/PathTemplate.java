package dev.concordat.contract;

import java.util.List;
import java.util.Optional;

/// A path of a `google.api.http` rule, read into its parts:
/// `/v1/{name=shelves/*}/books/**:archive`.
///
/// Source: the grammar in `google/api/http.proto`.
///
/// @param text as the contract has it
/// @param segments what stands between the slashes, in order
/// @param variables the fields that the path binds, in order
/// @param verb what follows the last colon; empty when there is none
public record PathTemplate(
    String text, List<Segment> segments, List<Variable> variables, Optional<String> verb) {
  /// Copies the lists.
  public PathTemplate {
    segments = List.copyOf(segments);
    variables = List.copyOf(variables);
  }

  /// Reads a template.
  ///
  /// @throws IllegalArgumentException when it does not follow the grammar; the message says where
  public static PathTemplate parse(String text) {
    return new PathTemplateParser(text).parse();
  }

  /// What one part of a path matches.
  public sealed interface Segment {
    /// Exactly this text.
    record Literal(String text) implements Segment {}

    /// One part, whatever it is: `*`.
    record Any() implements Segment {}

    /// All that is left, also nothing: `**`. Only the last.
    record Rest() implements Segment {}
  }

  /// A field that takes its value from the path.
  ///
  /// @param field the field's name, or names with dots between for one in a nested message
  /// @param from index of the first segment it takes
  /// @param to index after the last one
  public record Variable(String field, int from, int to) {}
}
