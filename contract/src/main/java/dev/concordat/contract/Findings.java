package dev.concordat.contract;

import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.ArrayList;
import java.util.List;

/// Gathers what is found.
final class Findings {
  private final List<Finding> all = new ArrayList<>();

  void add(Rule rule, Place where, String message, String remedy) {
    all.add(new Finding(rule.id(), where, message, remedy));
  }

  /// @param option number of the option that is wrong
  void add(Rule rule, GenericDescriptor element, int option, String message, String remedy) {
    add(rule, Place.of(element, option), element.getFullName() + " " + message, remedy);
  }

  List<Finding> sorted() {
    return all.stream().distinct().sorted().toList();
  }
}
