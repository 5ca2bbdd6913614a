package dev.concordat.contract;

import build.buf.validate.ValidateProto;
import com.google.api.AnnotationsProto;
import com.google.api.ClientProto;
import com.google.api.FieldBehaviorProto;
import com.google.api.FieldInfoProto;
import com.google.api.ResourceProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.concordat.contract.v1.OptionsProto;

/// The options a contract may use: Concordat's own, `google.api` and `buf.validate`.
///
/// Descriptors that are parsed without this registry keep their options as unknown fields: a
/// deadline is then there and yet not seen. Whoever parses a descriptor set passes [#registry()].
public final class KnownOptions {
  private static final ExtensionRegistry REGISTRY = register();

  private KnownOptions() {}

  /// The registry to parse descriptors with. Unmodifiable.
  public static ExtensionRegistry registry() {
    return REGISTRY;
  }

  static MethodOptions of(MethodDescriptor method) {
    return seen(method.getOptions(), MethodOptions.parser());
  }

  static MessageOptions of(Descriptor message) {
    return seen(message.getOptions(), MessageOptions.parser());
  }

  static FileOptions of(FileDescriptor file) {
    return seen(file.getOptions(), FileOptions.parser());
  }

  static ServiceOptions of(ServiceDescriptor service) {
    return seen(service.getOptions(), ServiceOptions.parser());
  }

  static FieldOptions of(FieldDescriptor field) {
    return seen(field.getOptions(), FieldOptions.parser());
  }

  private static <M extends Message> M seen(M options, Parser<M> parser) {
    return options.getUnknownFields().asMap().isEmpty()
        ? options
        : reparsed(options.toByteString(), parser);
  }

  private static <M extends Message> M reparsed(ByteString bytes, Parser<M> parser) {
    try {
      return parser.parseFrom(bytes, REGISTRY);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the contract's options do not fit their declaration", e);
    }
  }

  private static ExtensionRegistry register() {
    ExtensionRegistry registry = ExtensionRegistry.newInstance();
    OptionsProto.registerAllExtensions(registry);
    AnnotationsProto.registerAllExtensions(registry);
    ClientProto.registerAllExtensions(registry);
    FieldBehaviorProto.registerAllExtensions(registry);
    FieldInfoProto.registerAllExtensions(registry);
    ResourceProto.registerAllExtensions(registry);
    ValidateProto.registerAllExtensions(registry);
    JavaFeaturesProto.registerAllExtensions(registry);
    return registry.getUnmodifiable();
  }
}
