package dev.concordat.service;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.v1.OptionsProto;
import java.util.List;
import java.util.Optional;

/// The events that a contract says its service publishes. It names them without knowing them, so
/// they are looked for among the generated classes of its package; one that stands elsewhere is not
/// found.
final class Published {
  private Published() {}

  static List<Descriptor> by(ServiceContract<?> contract) {
    FileDescriptor file = contract.descriptor().getFile();
    return contract.descriptor().getOptions().getExtension(OptionsProto.publishes).stream()
        .flatMap(event -> type(file, event).stream())
        .toList();
  }

  private static Optional<Descriptor> type(FileDescriptor file, String event) {
    String prefix = file.getPackage() + ".";
    if (!event.startsWith(prefix)) {
      return Optional.empty();
    }
    String nested = event.substring(prefix.length()).replace('.', '$');
    try {
      Class<?> type = Class.forName(file.getOptions().getJavaPackage() + "." + nested);
      return Message.class.isAssignableFrom(type)
          ? Optional.of(
              Internal.getDefaultInstance(type.asSubclass(Message.class)).getDescriptorForType())
          : Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}
