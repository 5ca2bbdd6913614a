package dev.concordat.contract;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import dev.concordat.contract.v1.Exemption;
import dev.concordat.contract.v1.OptionsProto;
import java.util.ArrayList;
import java.util.List;

/// A rule that a method or a field does not keep, on purpose.
///
/// @param element full name of the method or field
/// @param rule the rule
/// @param reason why
/// @param where the place in the contract
public record Exempted(String element, String rule, String reason, Place where) {
  static List<Exempted> in(FileDescriptor file) {
    List<Exempted> all = new ArrayList<>();
    file.getServices().stream()
        .flatMap(service -> service.getMethods().stream())
        .forEach(m ->
            KnownOptions.of(m)
                .getExtension(OptionsProto.methodExempt)
                .forEach(e -> all.add(of(m, e))));
    Messages.of(file)
        .flatMap(message -> message.getFields().stream())
        .forEach(f ->
            KnownOptions.of(f).getExtension(OptionsProto.exempt).forEach(e -> all.add(of(f, e))));
    return all;
  }

  private static Exempted of(GenericDescriptor element, Exemption exemption) {
    return new Exempted(
        element.getFullName(), exemption.getRule(), exemption.getReason(), Place.of(element));
  }
}
