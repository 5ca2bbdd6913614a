package dev.concordat.codegen;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.contract.Finding;
import java.util.Collection;
import java.util.List;

/// Finds names that Java would not accept.
final class JavaNamesCheck {
  JavaNamesCheck(Collection<FileDescriptor> known) {}

  List<Finding> check(Collection<FileDescriptor> files) {
    return List.of();
  }
}
