package dev.concordat.service;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.concordat.events.personal.PersonalData;
import java.util.List;

/// Writes into a message, for people, where personal data is and that it is not shown: as the value
/// of each text that was taken out. Other types of fields have no value that would say so; they are
/// left out.
///
/// @param personal knows who is forgotten
record PersonalMarks(PersonalData personal) {
  static final String ENCRYPTED = "<encrypted>";
  static final String FORGOTTEN = "<forgotten>";

  /// The marks in JSON as people read them: the printer escapes what would be a tag in HTML.
  static String legible(String json) {
    return json.replace("\"\\u003cencrypted\\u003e\"", '"' + ENCRYPTED + '"')
        .replace("\"\\u003cforgotten\\u003e\"", '"' + FORGOTTEN + '"');
  }

  Message on(Message message) {
    Message.Builder marked = message.toBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> {
          if (field.getJavaType() == JavaType.MESSAGE) {
            marked.setField(field, within(field, value));
          }
        });
    for (PersonalData.Hidden hidden : personal.hiddenFields(message)) {
      for (int number : hidden.numbers()) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByNumber(number);
        if (field != null) {
          mark(marked, field, hidden.forgotten() ? FORGOTTEN : ENCRYPTED);
        }
      }
    }
    return marked.build();
  }

  private Object within(FieldDescriptor field, Object value) {
    return field.isRepeated()
        ? ((List<?>) value).stream().map(each -> on((Message) each)).toList()
        : on((Message) value);
  }

  private static void mark(Message.Builder message, FieldDescriptor field, String mark) {
    switch (field.getJavaType()) {
      case STRING -> message.setField(field, field.isRepeated() ? List.of(mark) : mark);
      case MESSAGE -> {
        if (!field.isRepeated()) {
          DynamicMessage.Builder part = DynamicMessage.newBuilder(field.getMessageType());
          field.getMessageType().getFields().stream()
              .filter(text -> text.getJavaType() == JavaType.STRING)
              .forEach(text -> mark(part, text, mark));
          message.setField(field, part.build());
        }
      }
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, BYTE_STRING, ENUM -> {}
    }
  }
}
