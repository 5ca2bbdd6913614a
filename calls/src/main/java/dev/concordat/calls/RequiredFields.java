package dev.concordat.calls;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.concordat.core.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// `google.api.field_behavior = REQUIRED`, in a message and in all messages inside it.
///
/// A text, a list, a map and an enum are missing when empty or unspecified. A number or a flag
/// without presence cannot be told apart from zero and is never missing: say `optional`, or give it
/// a rule.
///
/// Source: AIP-203.
final class RequiredFields {
  private static final String RULE = "required";

  private final Map<Descriptor, Fields> known = new ConcurrentHashMap<>();

  void check(Message message, String at, List<Violation> into) {
    Fields fields = fields(message.getDescriptorForType());
    for (FieldDescriptor field : fields.required()) {
      if (missing(message, field)) {
        into.add(new Violation(at + field.getName(), RULE, "a value is required"));
      }
    }
    for (FieldDescriptor field : fields.nested()) {
      if (field.isRepeated()) {
        List<?> items = (List<?>) message.getField(field);
        for (int i = 0; i < items.size(); i++) {
          check((Message) items.get(i), at + field.getName() + "[" + i + "].", into);
        }
      } else if (message.hasField(field)) {
        check((Message) message.getField(field), at + field.getName() + ".", into);
      }
    }
  }

  private static boolean missing(Message message, FieldDescriptor field) {
    if (field.isRepeated()) {
      return message.getRepeatedFieldCount(field) == 0;
    }
    if (field.hasPresence()) {
      return !message.hasField(field);
    }
    return switch (field.getJavaType()) {
      case STRING, BYTE_STRING -> message.getField(field).equals(field.getDefaultValue());
      case ENUM -> ((EnumValueDescriptor) message.getField(field)).getNumber() == 0;
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, MESSAGE -> false;
    };
  }

  private Fields fields(Descriptor type) {
    Fields fields = known.get(type);
    return fields != null ? fields : known.computeIfAbsent(type, RequiredFields::read);
  }

  private static Fields read(Descriptor type) {
    List<FieldDescriptor> required = new ArrayList<>();
    List<FieldDescriptor> nested = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      if (field
          .getOptions()
          .getExtension(FieldBehaviorProto.fieldBehavior)
          .contains(FieldBehavior.REQUIRED)) {
        required.add(field);
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
        nested.add(field);
      }
    }
    return new Fields(List.copyOf(required), List.copyOf(nested));
  }

  private record Fields(List<FieldDescriptor> required, List<FieldDescriptor> nested) {}
}
