package dev.concordat.codegen;

import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import dev.concordat.contract.KnownOptions;
import java.io.IOException;
import java.io.UncheckedIOException;

/// The plugin's entry: protoc writes a request to stdin and reads the answer from stdout.
public final class Main {
  private Main() {}

  /// Answers one request. A contract that is refused is an answer too, not a failure of the
  /// process.
  public static void main(String[] args) {
    try {
      CodeGeneratorRequest request =
          CodeGeneratorRequest.parseFrom(System.in, KnownOptions.registry());
      Generator.answer(request).writeTo(System.out);
      System.out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("protoc and the generator do not understand each other", e);
    }
  }
}
