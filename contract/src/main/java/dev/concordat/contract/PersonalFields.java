package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.concordat.contract.v1.OptionsProto;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Which fields of a message are personal data, and whose.
///
/// @param byPerson the personal fields, under the field that names their person; in the order of
///   their numbers
/// @param within the other fields whose messages have personal fields, at whatever depth
public record PersonalFields(
    Map<FieldDescriptor, List<FieldDescriptor>> byPerson, List<FieldDescriptor> within) {
  /// The number of the field in which personal data travels encrypted. No contract declares it.
  public static final int SEALED = 58_109;

  private static final Map<Descriptor, PersonalFields> KNOWN = new ConcurrentHashMap<>();

  /// Those of a type.
  ///
  /// @throws IllegalArgumentException when an option names no field of the message
  public static PersonalFields of(Descriptor type) {
    PersonalFields known = KNOWN.get(type);
    return known == null ? KNOWN.computeIfAbsent(type, PersonalFields::read) : known;
  }

  /// Whether there are none, at whatever depth.
  public boolean none() {
    return byPerson.isEmpty() && within.isEmpty();
  }

  /// The name of the field that names the person; empty when the field is not personal.
  static String personOf(FieldDescriptor field) {
    return KnownOptions.of(field).getExtension(OptionsProto.personal);
  }

  static boolean isPersonal(FieldDescriptor field) {
    return KnownOptions.of(field).hasExtension(OptionsProto.personal);
  }

  private static PersonalFields read(Descriptor type) {
    Map<FieldDescriptor, List<FieldDescriptor>> byPerson = new LinkedHashMap<>();
    Map<Integer, FieldDescriptor> ordered = new TreeMap<>();
    type.getFields().forEach(field -> ordered.put(field.getNumber(), field));
    for (FieldDescriptor field : ordered.values()) {
      if (isPersonal(field)) {
        FieldDescriptor person = Fields.named(type, personOf(field), "personal");
        byPerson.merge(person, List.of(field), PersonalFields::both);
      }
    }
    return new PersonalFields(
        byPerson,
        ordered.values().stream()
            .filter(field -> field.getJavaType() == JavaType.MESSAGE && !isPersonal(field))
            .filter(field -> anyIn(field.getMessageType(), new HashSet<>()))
            .toList());
  }

  private static boolean anyIn(Descriptor type, Set<Descriptor> seen) {
    return seen.add(type)
        && type.getFields().stream()
            .anyMatch(field ->
                isPersonal(field)
                    || (field.getJavaType() == JavaType.MESSAGE
                        && anyIn(field.getMessageType(), seen)));
  }

  private static <T> List<T> both(List<T> some, List<T> more) {
    return java.util.stream.Stream.concat(some.stream(), more.stream()).toList();
  }
}
