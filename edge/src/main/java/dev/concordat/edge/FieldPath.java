package dev.concordat.edge;

import com.google.protobuf.Empty;
import java.util.ArrayList;
import java.util.List;

/// A field somewhere inside a message: `order.customer.name`.
///
/// @param messages the fields on the way
/// @param leaf the field itself
record FieldPath(List<SchemaField> messages, SchemaField leaf) {
  private static final Schema NOTHING = new Schema(Empty.getDescriptor());

  FieldPath {
    messages = List.copyOf(messages);
  }

  /// Finds it by JSON's or the contract's names.
  ///
  /// @return empty list when there is no such field
  static List<FieldPath> find(Schema type, String path) {
    List<SchemaField> way = new ArrayList<>();
    Schema at = type;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length; i++) {
      SchemaField field = at.named(names[i]);
      if (field == null) {
        return List.of();
      }
      if (i == names.length - 1) {
        return List.of(new FieldPath(way, field));
      }
      if (!field.isMessage() || field.repeated || field.map) {
        return List.of();
      }
      way.add(field);
      at = field.message();
    }
    return List.of();
  }

  /// Writes the value as text: the messages on the way hold nothing else, and whoever reads the
  /// request merges them with what the body brought.
  void write(String text, WireWriter out, JsonPath path) {
    int[] marks = new int[messages.size()];
    for (int i = 0; i < marks.length; i++) {
      out.tag(messages.get(i).number, 2);
      marks[i] = out.begin();
    }
    new Scalars(path, out).value(leaf, text);
    for (int i = marks.length - 1; i >= 0; i--) {
      out.end(marks[i]);
    }
  }

  /// Whether text can be its value: a scalar, or a message that JSON writes as a string or number.
  boolean textual() {
    return !leaf.map && (!leaf.isMessage() || leaf.message().wellKnown.textual());
  }

  /// In JSON's names, so that both spellings of a field are the same.
  String name() {
    StringBuilder name = new StringBuilder();
    messages.forEach(field -> name.append(field.jsonName).append('.'));
    return name.append(leaf.jsonName).toString();
  }

  /// The value in these bytes, as text for a path; empty when it is absent.
  String read(byte[] message, Schema type) {
    WireReader in = new WireReader(message, 0, message.length);
    Schema at = type;
    for (SchemaField field : messages) {
      Occurrences fields = new Occurrences(at, in.copy());
      if (!fields.has(field)) {
        return "";
      }
      in.at = fields.position(fields.last(field));
      int length = in.length();
      in = new WireReader(message, in.at, in.at + length);
      at = field.message();
    }
    return ProtoToJson.text(at, leaf, in);
  }

  /// A path in the contract's names in JSON's: `items[2].unit_price` to `items[2].unitPrice`. What
  /// is not known stays as it is.
  static String inJson(Schema type, String path) {
    StringBuilder text = new StringBuilder(path.length());
    Schema at = type;
    for (String step : path.split("\\.", -1)) {
      int bracket = step.indexOf('[');
      String name = bracket < 0 ? step : step.substring(0, bracket);
      SchemaField field = at.named(name);
      if (field == null) {
        return path;
      }
      text.append(text.isEmpty() ? "" : ".").append(field.jsonName);
      text.append(bracket < 0 ? "" : step.substring(bracket));
      at = field.isMessage() && !field.map ? field.message() : NOTHING;
    }
    return text.toString();
  }
}
