package dev.concordat.codegen;

import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.concordat.contract.Event;
import dev.concordat.contract.Task;
import dev.concordat.contract.v1.OptionsProto;
import java.util.function.Consumer;

/// Lets the messages that protoc writes implement `Event` and `Task`, through the insertion point
/// it leaves for that.
final class MessageInterfaces {
  private MessageInterfaces() {}

  static void insert(
      Descriptor message, OwnerType owner, Consumer<CodeGeneratorResponse.File> out) {
    MessageOptions options = message.getOptions();
    if (options.hasExtension(OptionsProto.event)) {
      out.accept(insertion(message, Event.class, owner));
    }
    if (options.hasExtension(OptionsProto.task)) {
      out.accept(insertion(message, Task.class, owner));
    }
    message.getNestedTypes().forEach(nested -> insert(nested, owner, out));
  }

  private static CodeGeneratorResponse.File insertion(
      Descriptor message, Class<?> kind, OwnerType owner) {
    return CodeGeneratorResponse.File.newBuilder()
        .setName(JavaType.of(message).file())
        .setInsertionPoint("message_implements:" + message.getFullName())
        .setContent(kind.getName() + "<" + owner.type().qualified() + ">,\n")
        .build();
  }
}
