package dev.concordat.codegen;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.KnownOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// Asks the generator as protoc does, about the contracts in `src/test/protobuf`.
final class Protoc {
  static final List<String> GOLDEN =
      List.of("golden/shadow/v1/names.proto", "golden/v1/orders.proto", "golden/v2/orders.proto");

  private Protoc() {}

  static CodeGeneratorResponse generate(List<String> files) {
    CodeGeneratorRequest.Builder request =
        CodeGeneratorRequest.newBuilder().addAllFileToGenerate(files);
    for (FileDescriptorProto file : set().getFileList()) {
      if (!file.getName().startsWith("refused/") || files.contains(file.getName())) {
        request.addProtoFile(file);
      }
    }
    try {
      return Generator.answer(
          CodeGeneratorRequest.parseFrom(request.build().toByteString(), KnownOptions.registry()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> refused() {
    return set().getFileList().stream()
        .map(FileDescriptorProto::getName)
        .filter(name -> name.startsWith("refused/"))
        .sorted()
        .toList();
  }

  private static FileDescriptorSet set() {
    try (InputStream in = Protoc.class.getResourceAsStream("/contracts.binpb")) {
      return FileDescriptorSet.parseFrom(ByteString.readFrom(Objects.requireNonNull(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
