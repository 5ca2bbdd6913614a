package dev.concordat.edge;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message type, made ready for transcoding: names and numbers looked up once.
///
/// Threads: immutable after [Schemas] made it.
final class Schema {
  final Descriptor type;
  final WellKnown wellKnown;

  /// In the contract's order.
  final List<SchemaField> fields = new ArrayList<>();

  final int oneofs;
  private final Map<String, SchemaField> byName = new HashMap<>();
  private final Map<Integer, SchemaField> byNumber = new HashMap<>();

  Schema(Descriptor type) {
    this.type = type;
    this.wellKnown = WellKnown.of(type.getFullName());
    this.oneofs = type.getRealOneofs().size();
  }

  /// The field with this name, as JSON or as the contract writes it.
  @Nullable SchemaField named(String name) {
    return byName.get(name);
  }

  @Nullable SchemaField numbered(int number) {
    return byNumber.get(number);
  }

  /// The only field of a wrapper, the entries of a struct.
  SchemaField first() {
    return fields.getFirst();
  }

  void resolve(Schemas schemas) {
    for (FieldDescriptor descriptor : type.getFields()) {
      if (descriptor.getType() == FieldDescriptor.Type.GROUP) {
        throw new IllegalArgumentException(
            descriptor.getFullName() + " is a group, which has no JSON: make it a message");
      }
      Schema message =
          descriptor.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? schemas.of(descriptor.getMessageType())
              : null;
      SchemaField field = new SchemaField(descriptor, fields.size(), message);
      fields.add(field);
      byNumber.put(descriptor.getNumber(), field);
      byName.putIfAbsent(descriptor.getJsonName(), field);
    }
    fields.forEach(field -> byName.putIfAbsent(field.descriptor.getName(), field));
  }
}
