package dev.concordat.edge;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The schemas of all messages that the contracts name, and the types that an `Any` may hold.
///
/// Threads: safe for many; a schema is made on first use, under the lock.
final class Schemas {
  private final Map<Descriptor, Schema> schemas = new HashMap<>();
  private final Map<String, Descriptor> types = new HashMap<>();

  Schemas(List<FileDescriptor> files) {
    Set<String> seen = new HashSet<>();
    files.forEach(file -> index(file, seen));
  }

  synchronized Schema of(Descriptor type) {
    Schema known = schemas.get(type);
    if (known != null) {
      return known;
    }
    Schema schema = new Schema(type);
    schemas.put(type, schema);
    schema.resolve(this);
    return schema;
  }

  /// The type with this full name among the contracts and what they import.
  @Nullable Schema named(String fullName) {
    Descriptor type = types.get(fullName);
    return type == null ? null : of(type);
  }

  private void index(FileDescriptor file, Set<String> seen) {
    if (seen.add(file.getFullName())) {
      file.getMessageTypes().forEach(this::index);
      file.getDependencies().forEach(dependency -> index(dependency, seen));
    }
  }

  private void index(Descriptor type) {
    types.putIfAbsent(type.getFullName(), type);
    type.getNestedTypes().forEach(this::index);
  }
}
