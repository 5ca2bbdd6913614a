package dev.concordat.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// What protoc made of `src/test/protobuf`.
final class Contracts {
  private Contracts() {}

  static ByteString bytes() {
    try (InputStream in = Contracts.class.getResourceAsStream("/contracts.binpb")) {
      return ByteString.readFrom(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<FileDescriptor> all() {
    try {
      return LinkedFiles.of(
          FileDescriptorSet.parseFrom(bytes(), KnownOptions.registry()).getFileList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FileDescriptor file(String name) {
    return all().stream().filter(file -> file.getName().equals(name)).findFirst().orElseThrow();
  }
}
