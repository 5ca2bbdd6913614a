package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// File descriptors linked to what they import.
public final class LinkedFiles {
  private final Map<String, FileDescriptorProto> protos = new LinkedHashMap<>();
  private final Map<String, FileDescriptor> linked = new LinkedHashMap<>();

  private LinkedFiles(List<FileDescriptorProto> protos) {
    protos.forEach(proto -> this.protos.put(proto.getName(), proto));
  }

  /// Links them, in whatever order they come.
  ///
  /// @param protos parsed with [KnownOptions#registry()]
  /// @throws IllegalArgumentException when an import is missing or the files do not fit each other
  public static List<FileDescriptor> of(List<FileDescriptorProto> protos) {
    var files = new LinkedFiles(protos);
    return protos.stream().map(proto -> files.file(proto.getName(), proto.getName())).toList();
  }

  private FileDescriptor file(String name, String importer) {
    FileDescriptor known = linked.get(name);
    if (known != null) {
      return known;
    }
    FileDescriptorProto proto = protos.remove(name);
    if (proto == null) {
      throw new IllegalArgumentException(
          importer
              + " imports "
              + name
              + ", which is missing or imports it back; write the set with --include_imports");
    }
    FileDescriptor file = link(proto);
    linked.put(name, file);
    return file;
  }

  private FileDescriptor link(FileDescriptorProto proto) {
    FileDescriptor[] imports =
        proto.getDependencyList().stream()
            .map(name -> file(name, proto.getName()))
            .toArray(FileDescriptor[]::new);
    try {
      return FileDescriptor.buildFrom(proto, imports);
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException(proto.getName() + ": " + e.getMessage(), e);
    }
  }
}
