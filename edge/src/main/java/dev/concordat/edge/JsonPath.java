package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import java.util.Arrays;
import java.util.List;

/// Where in a document we are, to name the place when something is wrong there. Costs nothing but
/// two array stores until it is asked.
final class JsonPath {
  private final String reason;
  private final String whole;
  private Object[] steps = new Object[16];
  private int size;

  private JsonPath(String reason, String whole) {
    this.reason = reason;
    this.whole = whole;
  }

  static JsonPath ofBody() {
    return new JsonPath("BODY_INVALID", "the body");
  }

  static JsonPath ofQuery() {
    return new JsonPath("QUERY_INVALID", "the query");
  }

  static JsonPath ofPath() {
    return new JsonPath("PATH_INVALID", "the path");
  }

  void push(Object step) {
    if (size == steps.length) {
      steps = Arrays.copyOf(steps, size * 2);
    }
    steps[size++] = step;
  }

  void pop() {
    size--;
  }

  /// `items[2].quantity`; empty at the top.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      if (steps[i] instanceof Integer index) {
        text.append('[').append(index).append(']');
      } else {
        text.append(i == 0 ? "" : ".").append(steps[i]);
      }
    }
    return text.toString();
  }

  /// What is wrong here.
  Failure refuse(String rule, String description) {
    String path = toString();
    Violation violation =
        new Violation(path.length() > 200 ? path.substring(0, 200) + "…" : path, rule, description);
    String where = path.isEmpty() ? whole : violation.field();
    return Failure.of(Code.INVALID_ARGUMENT, where + ": " + description)
        .with(
            Failure.Details.NONE
                .withDecidedBy("edge")
                .withReason(reason)
                .withViolations(List.of(violation)));
  }
}
