package dev.concordat.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The types of events and tasks that a service handles, to show a message to people: as JSON, and
/// without the fields that the contract hides (`debug_redact`).
///
/// Threads: safe for many.
final class KnownMessages {
  private final Map<String, Descriptor> types = new ConcurrentHashMap<>();

  void add(Class<? extends Message> type) {
    Descriptor descriptor = Internal.getDefaultInstance(type).getDescriptorForType();
    types.put(descriptor.getFullName(), descriptor);
  }

  /// The message as JSON; a sentence in JSON when it cannot be read.
  String json(String type, ByteString payload) {
    Descriptor descriptor = types.get(type);
    if (descriptor == null) {
      return "{\"unknown\": \"this service no longer handles " + type + "\"}";
    }
    return json(descriptor, payload);
  }

  /// A message of a known type as JSON; a sentence in JSON when it cannot be read.
  static String json(Descriptor type, ByteString payload) {
    try {
      return JsonFormat.printer().print(redacted(DynamicMessage.parseFrom(type, payload)));
    } catch (InvalidProtocolBufferException e) {
      return "{\"unreadable\": \"these "
          + payload.size()
          + " bytes are no "
          + type.getFullName()
          + "\"}";
    }
  }

  static Message redacted(Message message) {
    Message.Builder builder = message.toBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> {
          if (field.getOptions().getDebugRedact()) {
            builder.clearField(field);
          } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            builder.setField(field, redacted(field, value));
          }
        });
    return builder.build();
  }

  private static Object redacted(FieldDescriptor field, Object value) {
    return field.isRepeated()
        ? ((List<?>) value).stream().map(each -> redacted((Message) each)).toList()
        : redacted((Message) value);
  }
}
