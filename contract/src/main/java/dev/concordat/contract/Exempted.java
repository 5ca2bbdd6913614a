package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
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
    for (ServiceDescriptor service : file.getServices()) {
      for (MethodDescriptor method : service.getMethods()) {
        add(
            all,
            method,
            OptionsProto.METHOD_EXEMPT_FIELD_NUMBER,
            KnownOptions.of(method).getExtension(OptionsProto.methodExempt));
      }
    }
    for (Descriptor message : Messages.of(file).toList()) {
      for (FieldDescriptor field : message.getFields()) {
        add(
            all,
            field,
            OptionsProto.EXEMPT_FIELD_NUMBER,
            KnownOptions.of(field).getExtension(OptionsProto.exempt));
      }
    }
    return all;
  }

  private static void add(
      List<Exempted> all, GenericDescriptor element, int option, List<Exemption> exemptions) {
    for (int i = 0; i < exemptions.size(); i++) {
      all.add(
          new Exempted(
              element.getFullName(),
              exemptions.get(i).getRule(),
              exemptions.get(i).getReason(),
              Place.of(element, option, i)));
    }
  }
}
