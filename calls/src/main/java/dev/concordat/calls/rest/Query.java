package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The fields of a request that neither path nor body hold, as query parameters:
/// `pageSize=20&author.name=Jane&genres=NOVEL&genres=POETRY`.
///
/// Source: `google/api/http.proto`, "Rules for HTTP mapping".
final class Query {
  private static final Set<String> WRAPPERS =
      Set.of(
          "google.protobuf.BoolValue",
          "google.protobuf.BytesValue",
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int32Value",
          "google.protobuf.Int64Value",
          "google.protobuf.StringValue",
          "google.protobuf.UInt32Value",
          "google.protobuf.UInt64Value");
  private static final Set<String> TEXTS =
      Set.of("google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask");
  private static final Set<String> FREE =
      Set.of(
          "google.protobuf.Any",
          "google.protobuf.Struct",
          "google.protobuf.Value",
          "google.protobuf.ListValue");

  private final Json json;
  private final StringBuilder out = new StringBuilder();

  private Query(Json json) {
    this.json = json;
  }

  /// Empty when nothing is left.
  ///
  /// @throws Unfit when something is that has no place in a query
  static String of(Message rest, Json json) throws Unfit {
    Query query = new Query(json);
    query.fields(rest, "");
    return query.out.toString();
  }

  private void fields(Message message, String prefix) throws Unfit {
    for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
      FieldDescriptor field = set.getKey();
      String name = prefix + json.name(field);
      if (!field.isRepeated()) {
        value(field, name, set.getValue());
      } else if (field.isMapField()) {
        throw new Unfit(field.getName() + " is a map and has no place in a query");
      } else {
        for (Object value : (List<?>) set.getValue()) {
          if (value instanceof Message && !scalar(field)) {
            throw new Unfit(field.getName() + " is a list of messages and has no place in a query");
          }
          value(field, name, value);
        }
      }
    }
  }

  private void value(FieldDescriptor field, String name, Object value) throws Unfit {
    if (!(value instanceof Message message)) {
      parameter(name, UrlText.of(value));
      return;
    }
    String type = field.getMessageType().getFullName();
    if (WRAPPERS.contains(type)) {
      FieldDescriptor inner = message.getDescriptorForType().findFieldByName("value");
      parameter(name, UrlText.of(message.getField(inner)));
    } else if (TEXTS.contains(type)) {
      String text = json.print(message);
      parameter(name, text.substring(1, text.length() - 1));
    } else if (FREE.contains(type)) {
      throw new Unfit(field.getName() + " is free JSON and has no place in a query");
    } else {
      fields(message, name + ".");
    }
  }

  private static boolean scalar(FieldDescriptor field) {
    String type = field.getMessageType().getFullName();
    return WRAPPERS.contains(type) || TEXTS.contains(type);
  }

  private void parameter(String name, String value) {
    out.append(out.isEmpty() ? "" : "&")
        .append(UrlText.encode(name))
        .append('=')
        .append(UrlText.encode(value));
  }
}
