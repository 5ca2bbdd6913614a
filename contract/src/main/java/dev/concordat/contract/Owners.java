package dev.concordat.contract;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.contract.v1.OptionsProto;

final class Owners {
  private Owners() {}

  static String of(FileDescriptor file) {
    String owner = named(file);
    if (owner.isEmpty()) {
      throw new IllegalArgumentException(
          file.getName()
              + " names no owner; add: option (concordat.v1.owner) = \"<the owning service>\";");
    }
    return owner;
  }

  /// Empty when the file names none.
  static String named(FileDescriptor file) {
    return KnownOptions.of(file).getExtension(OptionsProto.owner);
  }
}
