package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Reads contracts and says which [rules][Rule] they break. The generator runs it: a contract with
/// a finding does not build.
///
/// Threads: immutable.
public final class Checker {
  private final List<FileDescriptor> known;

  private Checker(Collection<FileDescriptor> known) {
    this.known = known.stream().sorted(Comparator.comparing(FileDescriptor::getName)).toList();
  }

  /// A checker.
  ///
  /// @param known all files that are known, those to check included: what a contract refers to is
  ///   looked up here
  public static Checker of(Collection<FileDescriptor> known) {
    return new Checker(known);
  }

  /// Findings in the order of the source; empty when all is well.
  public List<Finding> check(Collection<FileDescriptor> files) {
    Findings out = new Findings();
    OwnerRules owners = new OwnerRules(known);
    for (FileDescriptor file : files) {
      owners.check(file, out);
      file.getServices().forEach(service -> check(service, owners, out));
      Messages.of(file).forEach(message -> check(message, out));
    }
    return out.sorted();
  }

  private static void check(ServiceDescriptor service, OwnerRules owners, Findings out) {
    owners.check(service, out);
    for (MethodDescriptor method : service.getMethods()) {
      CallRules.check(method, out);
      RouteRules.check(method, out);
      ExemptionRules.check(method, out);
    }
  }

  private static void check(Descriptor message, Findings out) {
    MessageRules.check(message, out);
    PersonalRules.check(message, out);
    message.getFields().forEach(field -> ExemptionRules.check(field, out));
  }
}
