package dev.concordat.edge;

import java.util.List;

/// Where a client finds what a method has created.
///
/// @param path the template
/// @param variables the fields of the response that stand in it
record Created(PathTemplate path, List<FieldPath> variables) {
  Created {
    variables = List.copyOf(variables);
  }

  /// Checks the template against the response.
  static Created of(String template, Schema response, String method) {
    PathTemplate path = PathTemplate.parse(template);
    List<FieldPath> fields =
        path.variables().stream()
            .map(variable -> {
              List<FieldPath> field = FieldPath.find(response, variable.field());
              if (field.isEmpty()
                  || field.getFirst().leaf().repeated
                  || field.getFirst().leaf().map
                  || field.getFirst().leaf().isMessage()
                  || !variable.single(path.segments())) {
                throw new IllegalArgumentException(
                    method
                        + ": call.created \""
                        + template
                        + "\": "
                        + response.type.getFullName()
                        + " has no scalar field \""
                        + variable.field()
                        + "\"");
              }
              return field.getFirst();
            })
            .toList();
    return new Created(path, fields);
  }

  /// The location, or empty when the answer does not say.
  String location(byte[] answer, Schema response) {
    StringBuilder location = new StringBuilder();
    int next = 0;
    for (int i = 0; i < path.segments().size(); i++) {
      location.append('/');
      boolean variable = next < variables.size() && path.variables().get(next).from() == i;
      if (variable) {
        String value = variables.get(next++).read(answer, response);
        if (value.isEmpty()) {
          return "";
        }
        location.append(Percent.encode(value));
      } else {
        location.append(path.segments().get(i));
      }
    }
    return location.append(path.verb().isEmpty() ? "" : ":" + path.verb()).toString();
  }
}
