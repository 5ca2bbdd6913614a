package dev.concordat.events;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Names a message's type and the version of it that somebody has: the same for the same fields,
/// another one as soon as a field of the message, or of a message in it, is another.
///
/// It is for people and tools who ask which version was told; reading does not depend on it, for
/// protobuf reads older and newer messages alike.
public final class SchemaIdentity {
  private static final int BYTES = 8;
  private static final Map<Descriptor, String> KNOWN = new ConcurrentHashMap<>();

  private SchemaIdentity() {}

  /// For example `proto:shop.orders.v1.OrderPlaced#9f2c11d0a5b37e64`: a URI, as CloudEvents asks
  /// for.
  public static String of(Descriptor type) {
    return KNOWN.computeIfAbsent(
        type, any -> "proto:" + type.getFullName() + "#" + fingerprint(type));
  }

  private static String fingerprint(Descriptor type) {
    Map<String, byte[]> reached = new TreeMap<>();
    reach(type, reached);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      reached.forEach((name, bytes) -> {
        digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        digest.update(bytes);
      });
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Fields only: a rule, a comment or another message of the same file changes nothing.
  private static void reach(Descriptor type, Map<String, byte[]> reached) {
    if (reached.containsKey(type.getFullName())) {
      return;
    }
    DescriptorProto.Builder fields = DescriptorProto.newBuilder();
    type.getFields().forEach(field -> fields.addField(field.toProto().toBuilder().clearOptions()));
    reached.put(type.getFullName(), fields.build().toByteArray());
    for (FieldDescriptor field : type.getFields()) {
      switch (of(field)) {
        case Descriptor message -> reach(message, reached);
        case EnumDescriptor values ->
            reached.put(
                values.getFullName(),
                values.toProto().toBuilder().clearOptions().build().toByteArray());
        default -> {}
      }
    }
  }

  private static GenericDescriptor of(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType();
      case ENUM -> field.getEnumType();
      default -> field;
    };
  }
}
