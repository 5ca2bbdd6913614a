package dev.concordat.edge;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// JSON bytes to protobuf wire bytes in one pass, with no message object in between. What the
/// canonical mapping leaves open is decided strictly: unknown and duplicate members, two members of
/// a oneof and wrong types are refused by their path.
///
/// Source: [ProtoJSON](https://protobuf.dev/programming-guides/json/).
final class JsonToProto {
  /// Nested messages; the receiver's own limit.
  static final int DEPTH = 100;

  final JsonReader in;
  final WireWriter out;
  final JsonPath path;
  private final Schemas schemas;
  private final Scalars scalars;
  private int depth;

  JsonToProto(byte[] json, Schemas schemas) {
    this.in = new JsonReader(json);
    this.path = in.path;
    this.schemas = schemas;
    this.out = new WireWriter(json.length);
    this.scalars = new Scalars(path, out);
  }

  /// A whole document that is this message.
  byte[] document(Schema type) {
    message(type);
    in.expectEnd();
    return out.toBytes();
  }

  /// A whole document that is the value of this field.
  byte[] document(SchemaField field) {
    path.push(field.jsonName);
    value(field);
    path.pop();
    in.expectEnd();
    return out.toBytes();
  }

  /// The content of a message, without tag and length.
  void message(Schema type) {
    switch (type.wellKnown) {
      case NONE -> object(type, "");
      case TIMESTAMP -> WellKnownText.timestamp(quoted("a timestamp"), out, path);
      case DURATION -> WellKnownText.duration(quoted("a duration"), out, path);
      case FIELD_MASK -> WellKnownText.fieldMask(quoted("a field mask"), out, path);
      case WRAPPER -> scalar(type.first());
      case STRUCT -> struct(type);
      case VALUE -> anyValue(type);
      case LIST_VALUE -> list(type);
      case ANY -> any(type);
    }
  }

  /// Members of an object.
  ///
  /// @param ignored a member that was read before; empty when there is none
  void object(Schema type, String ignored) {
    in.expect('{', "an object");
    boolean[] seen = new boolean[type.fields.size()];
    SchemaField[] chosen = new SchemaField[type.oneofs];
    for (boolean first = true; in.more(first, '}'); first = false) {
      String name = in.stringValue();
      in.expect(':', "':'");
      path.push(name);
      if (!ignored.isEmpty() && name.equals(ignored)) {
        in.string();
      } else {
        member(type, name, seen, chosen);
      }
      path.pop();
    }
  }

  private void member(Schema type, String name, boolean[] seen, SchemaField[] chosen) {
    SchemaField field = type.named(name);
    if (field == null) {
      throw path.refuse("json.unknown_field", "unknown field" + Names.suggest(type));
    }
    if (seen[field.index]) {
      throw path.refuse("json.duplicate", "the field is given twice");
    }
    seen[field.index] = true;
    if (in.peek() == 'n' && (field.repeated || field.map || !field.takesNull())) {
      in.word("null");
      return;
    }
    if (field.oneof >= 0) {
      SchemaField other = chosen[field.oneof];
      if (other != null) {
        throw path.refuse(
            "json.oneof",
            "only one of " + other.jsonName + " and " + field.jsonName + " may be set");
      }
      chosen[field.oneof] = field;
    }
    value(field);
  }

  private void value(SchemaField field) {
    if (field.map) {
      map(field);
    } else if (field.repeated) {
      array(field);
    } else {
      single(field);
    }
  }

  private void single(SchemaField field) {
    if (field.isMessage()) {
      nested(field, () -> message(field.message()));
    } else {
      scalar(field);
    }
  }

  private void nested(SchemaField field, Runnable content) {
    enter();
    out.tag(field.number, 2);
    int mark = out.begin();
    content.run();
    out.end(mark);
    depth--;
  }

  private void enter() {
    if (++depth > DEPTH) {
      throw path.refuse("json.depth", "nested more than " + DEPTH + " levels deep");
    }
  }

  private void scalar(SchemaField field) {
    if (field.isNullValue() && in.peek() == 'n') {
      in.word("null");
      scalars.enumNumber(field, 0);
      return;
    }
    int start = out.size();
    out.tag(field.number, field.wireType());
    int value = out.size();
    element(field);
    if (!field.presence && !field.repeated && out.allZero(value)) {
      // As every protobuf writer does: what has no presence and is zero is not sent.
      out.truncate(start);
    }
  }

  private void element(SchemaField field) {
    switch (field.type) {
      case STRING -> {
        requireString("a string");
        out.bytes(in.text, in.from, in.to);
      }
      case BYTES -> {
        requireString("a string in base64");
        scalars.base64(in.text, in.from, in.to);
      }
      case BOOL -> bool();
      case ENUM -> enumeration(field);
      default -> {
        if (in.peek() == '"') {
          in.string();
          scalars.quotedNumber(field.type, in.text, in.from, in.to);
        } else {
          requireNumber(field.type);
          scalars.number(field.type, in.text, in.from, in.to);
        }
      }
    }
  }

  private void bool() {
    switch (in.peek()) {
      case 't' -> {
        in.word("true");
        out.oneByte(1);
      }
      case 'f' -> {
        in.word("false");
        out.oneByte(0);
      }
      default -> throw expected("true or false");
    }
  }

  private void enumeration(SchemaField field) {
    if (in.peek() == '"') {
      in.string();
      scalars.enumName(field, in.textValue());
    } else if (field.isNullValue() && in.peek() == 'n') {
      in.word("null");
      out.varint(0);
    } else {
      requireNumber(FieldDescriptor.Type.ENUM);
      scalars.number(FieldDescriptor.Type.INT32, in.text, in.from, in.to);
    }
  }

  private void array(SchemaField field) {
    if (in.peek() != '[') {
      throw expected("an array");
    }
    in.take('[');
    boolean packed = field.packable();
    int mark = 0;
    int index = 0;
    for (boolean first = true; in.more(first, ']'); first = false) {
      if (packed && first) {
        out.tag(field.number, 2);
        mark = out.begin();
      }
      path.push(index++);
      if (in.peek() == 'n' && !field.takesNull()) {
        throw path.refuse("json.type", "null is no element of a list");
      }
      if (packed) {
        element(field);
      } else {
        single(field);
      }
      path.pop();
    }
    if (packed && index > 0) {
      out.end(mark);
    }
  }

  private void map(SchemaField field) {
    if (in.peek() != '{') {
      throw expected("an object");
    }
    in.take('{');
    SchemaField key = field.message().fields.get(0);
    SchemaField value = field.message().fields.get(1);
    Set<String> seen = new HashSet<>();
    for (boolean first = true; in.more(first, '}'); first = false) {
      String name = in.stringValue();
      in.expect(':', "':'");
      path.push(name);
      if (!seen.add(name)) {
        throw path.refuse("json.duplicate", "the key is given twice");
      }
      if (in.peek() == 'n' && !value.takesNull()) {
        throw path.refuse("json.type", "null is no value of a map");
      }
      nested(
          field,
          () -> {
            scalars.text(key, name);
            single(value);
          });
      path.pop();
    }
  }

  private void struct(Schema type) {
    if (in.peek() != '{') {
      throw expected("an object");
    }
    map(type.first());
  }

  private void list(Schema type) {
    array(type.first());
  }

  private void anyValue(Schema type) {
    switch (in.peek()) {
      case 'n' -> {
        in.word("null");
        out.tag(1, 0);
        out.varint(0);
      }
      case 't', 'f' -> {
        out.tag(4, 0);
        bool();
      }
      case '"' -> {
        in.string();
        out.tag(3, 2);
        out.bytes(in.text, in.from, in.to);
      }
      case '{' -> nested(type.fields.get(4), () -> struct(type.fields.get(4).message()));
      case '[' -> nested(type.fields.get(5), () -> list(type.fields.get(5).message()));
      default -> {
        in.number();
        out.tag(2, 1);
        scalars.number(FieldDescriptor.Type.DOUBLE, in.text, in.from, in.to);
      }
    }
  }

  /// `@type` may stand anywhere in the object, so it is looked for first.
  private void any(Schema type) {
    if (in.peek() != '{') {
      throw expected("an object");
    }
    int start = in.position();
    String url = AnyType.find(in);
    in.position(start);
    if (url.isEmpty()) {
      in.expect('{', "an object");
      in.expect('}', "a member \"@type\"");
      return;
    }
    Schema held = schemas.named(url.substring(url.lastIndexOf('/') + 1));
    if (held == null || url.indexOf('/') < 0) {
      throw path.refuse("json.any", "\"@type\" names no type of the contracts");
    }
    out.tag(type.fields.get(0).number, 2);
    byte[] name = url.getBytes(StandardCharsets.UTF_8);
    out.bytes(name, 0, name.length);
    nested(
        type.fields.get(1),
        () -> {
          if (held.wellKnown == WellKnown.NONE) {
            object(held, "@type");
          } else {
            wellKnownInAny(held);
          }
        });
  }

  private void wellKnownInAny(Schema held) {
    in.take('{');
    boolean found = false;
    for (boolean first = true; in.more(first, '}'); first = false) {
      String name = in.stringValue();
      in.expect(':', "':'");
      path.push(name);
      if (name.equals("@type")) {
        in.string();
      } else if (name.equals("value") && !found) {
        found = true;
        message(held);
      } else {
        throw path.refuse("json.unknown_field", "expected only \"@type\" and one \"value\"");
      }
      path.pop();
    }
    if (!found) {
      throw path.refuse("json.any", "a member \"value\" is missing");
    }
  }

  private String quoted(String what) {
    requireString(what + " as a string");
    return in.textValue();
  }

  private void requireString(String what) {
    if (in.peek() != '"') {
      throw expected(what);
    }
    in.string();
  }

  private void requireNumber(FieldDescriptor.Type type) {
    int next = in.peek();
    if (next != '-' && (next < '0' || next > '9')) {
      throw expected(Names.of(type));
    }
    in.number();
  }

  private RuntimeException expected(String what) {
    return path.refuse("json.type", "expected " + what + ", found " + in.found());
  }
}
