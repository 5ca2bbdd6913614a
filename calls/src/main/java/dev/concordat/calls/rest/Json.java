package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.contract.Method;
import java.util.ArrayList;
import java.util.List;

/// JSON of one method's messages, by protobuf's own `JsonFormat`. Not by the edge's transcoder:
/// that refuses what it does not know, since it reads strangers' requests; here strangers answer,
/// and may add fields whenever they like.
///
/// Threads: safe for many.
final class Json {
  private final JsonStyle style;
  private final JsonFormat.Printer compact;
  private final JsonFormat.Printer printer;
  private final JsonFormat.Parser parser;

  Json(Method<?, ?> method, JsonStyle style) {
    // What an Any may hold: the types that the contract's files know.
    TypeRegistry types =
        TypeRegistry.newBuilder()
            .add(method.descriptor().getInputType())
            .add(method.descriptor().getOutputType())
            .build();
    JsonFormat.Printer named =
        JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
    this.style = style;
    this.compact = style.contractNames() ? named.preservingProtoFieldNames() : named;
    this.printer = style.zeros() ? compact.alwaysPrintFieldsWithNoPresence() : compact;
    this.parser = JsonFormat.parser().usingTypeRegistry(types).ignoringUnknownFields();
  }

  String name(FieldDescriptor field) {
    return style.contractNames() ? field.getName() : field.getJsonName();
  }

  /// @throws Unfit when an Any holds what the contract does not know
  String print(Message message) throws Unfit {
    return print(printer, message);
  }

  /// The value of one field alone.
  String print(Message message, FieldDescriptor field) throws Unfit {
    boolean messages = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    if (messages && !field.isRepeated()) {
      return print((Message) message.getField(field));
    }
    if (messages && !field.isMapField()) {
      List<String> items = new ArrayList<>();
      for (Object item : (List<?>) message.getField(field)) {
        items.add(print((Message) item));
      }
      return "[" + String.join(",", items) + "]";
    }
    if (!message.getAllFields().containsKey(field)) {
      return field.isMapField() ? "{}" : field.isRepeated() ? "[]" : zero(field);
    }
    // The only member: its value stands between its colon and the closing brace.
    Message only = message.newBuilderForType().setField(field, message.getField(field)).build();
    String object = print(compact, only);
    return object.substring(JsonText.firstValue(object), object.length() - 1);
  }

  /// Reads a whole message.
  ///
  /// @throws InvalidProtocolBufferException when the text is not exactly one JSON value that fits;
  ///   the message may quote it
  void read(String text, Message.Builder into) throws InvalidProtocolBufferException {
    JsonText.check(text);
    parser.merge(text, into);
  }

  /// Reads what is the value of one field.
  void read(String text, FieldDescriptor field, Message.Builder into)
      throws InvalidProtocolBufferException {
    JsonText.check(text);
    parser.merge("{\"" + field.getName() + "\":" + text + "}", into);
  }

  private static String zero(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT, FLOAT, DOUBLE -> "0";
      case LONG -> "\"0\"";
      case BOOLEAN -> "false";
      case STRING, BYTE_STRING -> "\"\"";
      case ENUM -> "\"" + field.getEnumType().getValues().getFirst().getName() + "\"";
      case MESSAGE -> "{}";
    };
  }

  private static String print(JsonFormat.Printer printer, Message message) throws Unfit {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new Unfit("it cannot be written as JSON: " + e.getMessage());
    }
  }
}
