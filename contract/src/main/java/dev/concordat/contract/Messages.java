package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.stream.Stream;

/// The messages of a file, nested ones included.
final class Messages {
  private Messages() {}

  static Stream<Descriptor> of(FileDescriptor file) {
    return file.getMessageTypes().stream().flatMap(Messages::withNested);
  }

  private static Stream<Descriptor> withNested(Descriptor message) {
    return Stream.concat(
        Stream.of(message), message.getNestedTypes().stream().flatMap(Messages::withNested));
  }
}
