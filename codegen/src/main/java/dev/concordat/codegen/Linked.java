package dev.concordat.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Descriptors linked to what they import.
final class Linked {
  private Linked() {}

  /// @param protos imported before importing, as protoc sends them
  static List<FileDescriptor> files(List<FileDescriptorProto> protos) {
    Map<String, FileDescriptor> linked = new LinkedHashMap<>();
    for (FileDescriptorProto proto : protos) {
      linked.put(proto.getName(), link(proto, linked));
    }
    return List.copyOf(linked.values());
  }

  private static FileDescriptor link(
      FileDescriptorProto proto, Map<String, FileDescriptor> linked) {
    FileDescriptor[] imports =
        proto.getDependencyList().stream()
            .map(linked::get)
            .filter(Objects::nonNull)
            .toArray(FileDescriptor[]::new);
    try {
      return FileDescriptor.buildFrom(proto, imports);
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException(proto.getName() + ": " + e.getMessage(), e);
    }
  }
}
