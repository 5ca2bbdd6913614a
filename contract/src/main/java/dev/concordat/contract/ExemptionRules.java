package dev.concordat.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.concordat.contract.v1.Exemption;
import dev.concordat.contract.v1.OptionsProto;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What may be left out, and how that is said.
final class ExemptionRules {
  private ExemptionRules() {}

  static boolean exempt(MethodDescriptor method, Rule rule) {
    return rule.exemptible()
        && KnownOptions.of(method).getExtension(OptionsProto.methodExempt).stream()
            .anyMatch(exemption -> exemption.getRule().equals(rule.id()));
  }

  static void check(MethodDescriptor method, Findings out) {
    check(
        method,
        OptionsProto.METHOD_EXEMPT_FIELD_NUMBER,
        KnownOptions.of(method).getExtension(OptionsProto.methodExempt),
        out);
  }

  static void check(FieldDescriptor field, Findings out) {
    check(
        field,
        OptionsProto.EXEMPT_FIELD_NUMBER,
        KnownOptions.of(field).getExtension(OptionsProto.exempt),
        out);
  }

  private static void check(
      GenericDescriptor element, int option, List<Exemption> exemptions, Findings out) {
    for (int i = 0; i < exemptions.size(); i++) {
      String rule = exemptions.get(i).getRule();
      String exempt = element.getFullName() + " is exempt from \"" + rule + "\"";
      Place where = Place.of(element, option, i);
      if (exemptions.get(i).getReason().isBlank()) {
        out.add(
            Rule.EXEMPTION_HAS_REASON,
            where,
            exempt + " without a reason",
            "add: reason: \"<why>\"");
      }
      if (Rule.named(rule).filter(Rule::exemptible).isEmpty()) {
        out.add(
            Rule.EXEMPTION_NAMES_RULE,
            where,
            exempt + ", which is no rule that can be exempted",
            "name one of: " + exemptible());
      }
    }
  }

  private static String exemptible() {
    return Arrays.stream(Rule.values())
        .filter(Rule::exemptible)
        .map(Rule::id)
        .collect(Collectors.joining(", "));
  }
}
