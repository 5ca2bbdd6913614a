package dev.concordat.contract;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.Collection;
import java.util.List;

/// Reads contracts and says which rules they break.
public final class Checker {
  private Checker() {}

  /// A checker.
  ///
  /// @param known all files that are known, those to check included
  public static Checker of(Collection<FileDescriptor> known) {
    return new Checker();
  }

  /// Findings in the order of the source; empty when all is well
  public List<Finding> check(Collection<FileDescriptor> files) {
    return List.of();
  }
}
