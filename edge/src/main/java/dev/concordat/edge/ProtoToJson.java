package dev.concordat.edge;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Protobuf wire bytes to JSON bytes in one pass, with no message object in between. Fields come in
/// the contract's order. A field without presence is always written, also with its default: whoever
/// reads JSON expects `"quantity":0` and `"items":[]`.
///
/// Source: [ProtoJSON](https://protobuf.dev/programming-guides/json/).
final class ProtoToJson {
  private static final Schemas NO_SCHEMAS = new Schemas(List.of());

  final JsonWriter out;
  private final Schemas schemas;
  private int depth;

  ProtoToJson(Schemas schemas, int capacity) {
    this.schemas = schemas;
    this.out = new JsonWriter(capacity);
  }

  /// The message in these bytes.
  void message(Schema type, byte[] bytes, int from, int to) {
    if (++depth > JsonToProto.DEPTH) {
      throw Undecodable.because("nested more than " + JsonToProto.DEPTH + " levels deep");
    }
    Occurrences fields = new Occurrences(type, new WireReader(bytes, from, to));
    WireReader in = new WireReader(bytes, from, to);
    switch (type.wellKnown) {
      case NONE -> {
        out.raw('{');
        members(type, fields, in, true);
        out.raw('}');
      }
      case TIMESTAMP ->
          out.quotedAscii(
              WellKnownText.timestamp(
                  number(type, 0, fields, in), (int) number(type, 1, fields, in)));
      case DURATION ->
          out.quotedAscii(
              WellKnownText.duration(
                  number(type, 0, fields, in), (int) number(type, 1, fields, in)));
      case FIELD_MASK -> fieldMask(type.first(), fields, in);
      case WRAPPER, STRUCT, LIST_VALUE -> value(type.first(), fields, in);
      case VALUE -> anyValue(type, fields, in);
      case ANY -> any(type, fields, in);
    }
    depth--;
  }

  /// One field of the message in these bytes; null when it is absent.
  void only(Schema type, SchemaField field, byte[] bytes) {
    Occurrences fields = new Occurrences(type, new WireReader(bytes, 0, bytes.length));
    if (field.presence && !fields.has(field)) {
      out.ascii("null");
    } else {
      value(field, fields, new WireReader(bytes, 0, bytes.length));
    }
  }

  private void members(Schema type, Occurrences fields, WireReader in, boolean first) {
    boolean begun = !first;
    for (SchemaField field : type.fields) {
      if (fields.has(field) || !field.presence) {
        if (begun) {
          out.raw(',');
        }
        begun = true;
        out.raw(field.jsonKey);
        value(field, fields, in);
      }
    }
  }

  private void value(SchemaField field, Occurrences fields, WireReader in) {
    if (field.map) {
      map(field, fields, in);
    } else if (field.repeated) {
      array(field, fields, in);
    } else if (!fields.has(field)) {
      missing(field);
    } else if (field.isMessage()) {
      merged(field, fields, in);
    } else {
      in.at = fields.position(fields.last(field));
      scalar(field, in);
    }
  }

  /// The default of a field that is not on the wire.
  private void missing(SchemaField field) {
    switch (field.type) {
      case STRING, BYTES -> out.ascii("\"\"");
      case BOOL -> out.ascii("false");
      case INT64, UINT64, SINT64, FIXED64, SFIXED64 -> out.ascii("\"0\"");
      case ENUM -> enumeration(field, 0);
      case MESSAGE -> message(field.message(), new byte[0], 0, 0);
      case DOUBLE, FLOAT -> out.ascii("0.0");
      default -> out.raw('0');
    }
  }

  /// A message that comes in pieces is the pieces put together.
  private void merged(SchemaField field, Occurrences fields, WireReader in) {
    if (fields.once(field)) {
      in.at = fields.position(fields.first(field));
      nested(field, in);
      return;
    }
    WireWriter whole = new WireWriter(256);
    for (int i = fields.first(field); i >= 0; i = fields.next(i)) {
      in.at = fields.position(i);
      int length = in.length();
      whole.append(in.in, in.at, length);
    }
    byte[] bytes = whole.toBytes();
    message(field.message(), bytes, 0, bytes.length);
  }

  private void nested(SchemaField field, WireReader in) {
    int length = in.length();
    message(field.message(), in.in, in.at, in.at + length);
    in.at += length;
  }

  private void array(SchemaField field, Occurrences fields, WireReader in) {
    out.raw('[');
    boolean begun = false;
    for (int i = fields.first(field); i >= 0; i = fields.next(i)) {
      in.at = fields.position(i);
      boolean packed = fields.packed(i, field);
      int end = packed ? in.length() + in.at : -1;
      do {
        if (packed && in.at >= end) {
          break;
        }
        if (begun) {
          out.raw(',');
        }
        begun = true;
        if (field.isMessage()) {
          nested(field, in);
        } else {
          scalar(field, in);
        }
      } while (packed);
    }
    out.raw(']');
  }

  /// Of two entries with the same key the last counts.
  private void map(SchemaField field, Occurrences fields, WireReader in) {
    Schema type = field.message();
    Map<String, WireReader> entries = new LinkedHashMap<>();
    for (int i = fields.first(field); i >= 0; i = fields.next(i)) {
      in.at = fields.position(i);
      int length = in.length();
      WireReader entry = new WireReader(in.in, in.at, in.at + length);
      entries.put(text(type, type.fields.get(0), entry), entry);
    }
    out.raw('{');
    boolean begun = false;
    for (var entry : entries.entrySet()) {
      if (begun) {
        out.raw(',');
      }
      begun = true;
      out.string(entry.getKey());
      out.raw(':');
      WireReader inside = entry.getValue();
      value(type.fields.get(1), new Occurrences(type, inside.copy()), inside);
    }
    out.raw('}');
  }

  /// A scalar field of a message as plain text: keys of maps, variables of a path.
  static String text(Schema type, SchemaField field, WireReader message) {
    Occurrences fields = new Occurrences(type, message.copy());
    if (field.type == FieldDescriptor.Type.STRING) {
      return fields.has(field) ? text(field, fields, message.copy()) : "";
    }
    ProtoToJson plain = new ProtoToJson(NO_SCHEMAS, 24);
    plain.value(field, fields, message.copy());
    return new String(plain.out.toBytes(), StandardCharsets.US_ASCII).replace("\"", "");
  }

  private static String text(SchemaField field, Occurrences fields, WireReader in) {
    in.at = fields.position(fields.last(field));
    int length = in.length();
    if (!Utf8.valid(in.in, in.at, in.at + length)) {
      throw Undecodable.because("text that is not UTF-8");
    }
    return new String(in.in, in.at, length, StandardCharsets.UTF_8);
  }

  private void scalar(SchemaField field, WireReader in) {
    switch (field.type) {
      case STRING -> {
        int length = in.length();
        out.string(in.in, in.at, in.at + length);
        in.at += length;
      }
      case BYTES -> {
        int length = in.length();
        out.base64(in.in, in.at, in.at + length);
        in.at += length;
      }
      case BOOL -> out.ascii(in.varint() != 0 ? "true" : "false");
      case ENUM -> enumeration(field, (int) in.varint());
      case DOUBLE -> real(Double.longBitsToDouble(in.fixed64()));
      case FLOAT -> real(Float.intBitsToFloat(in.fixed32()));
      case INT32 -> out.ascii(Integer.toString((int) in.varint()));
      case UINT32 -> out.ascii(Integer.toUnsignedString((int) in.varint()));
      case SINT32 -> out.ascii(Integer.toString(zigzag32((int) in.varint())));
      case FIXED32 -> out.ascii(Integer.toUnsignedString(in.fixed32()));
      case SFIXED32 -> out.ascii(Integer.toString(in.fixed32()));
      case INT64 -> out.quotedAscii(Long.toString(in.varint()));
      case UINT64 -> out.quotedAscii(Long.toUnsignedString(in.varint()));
      case SINT64 -> out.quotedAscii(Long.toString(zigzag64(in.varint())));
      case FIXED64 -> out.quotedAscii(Long.toUnsignedString(in.fixed64()));
      case SFIXED64 -> out.quotedAscii(Long.toString(in.fixed64()));
      case MESSAGE, GROUP -> throw new IllegalStateException(field.jsonName + " is no scalar");
    }
  }

  private void enumeration(SchemaField field, int number) {
    if (field.isNullValue()) {
      out.ascii("null");
      return;
    }
    String name = field.enumName(number);
    if (name == null) {
      out.ascii(Integer.toString(number));
    } else {
      out.quotedAscii(name);
    }
  }

  private void real(double value) {
    if (Double.isFinite(value)) {
      out.ascii(Double.toString(value));
    } else {
      out.quotedAscii(Double.toString(value));
    }
  }

  private void real(float value) {
    if (Float.isFinite(value)) {
      out.ascii(Float.toString(value));
    } else {
      out.quotedAscii(Float.toString(value));
    }
  }

  private static int zigzag32(int value) {
    return value >>> 1 ^ -(value & 1);
  }

  private static long zigzag64(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  private static long number(Schema type, int index, Occurrences fields, WireReader in) {
    SchemaField field = type.fields.get(index);
    if (!fields.has(field)) {
      return 0;
    }
    in.at = fields.position(fields.last(field));
    return in.varint();
  }

  private void fieldMask(SchemaField paths, Occurrences fields, WireReader in) {
    StringBuilder text = new StringBuilder();
    for (int i = fields.first(paths); i >= 0; i = fields.next(i)) {
      in.at = fields.position(i);
      int length = in.length();
      String path = new String(in.in, in.at, length, StandardCharsets.UTF_8);
      text.append(text.isEmpty() ? "" : ",").append(WellKnownText.camel(path));
    }
    out.string(text.toString());
  }

  private void anyValue(Schema type, Occurrences fields, WireReader in) {
    for (SchemaField kind : type.fields) {
      if (fields.has(kind)) {
        if (kind.type == FieldDescriptor.Type.DOUBLE) {
          in.at = fields.position(fields.last(kind));
          double number = Double.longBitsToDouble(in.fixed64());
          if (!Double.isFinite(number)) {
            throw Undecodable.because("a Value that is no number");
          }
          real(number);
        } else {
          value(kind, fields, in);
        }
        return;
      }
    }
    out.ascii("null");
  }

  private void any(Schema type, Occurrences fields, WireReader in) {
    SchemaField url = type.fields.get(0);
    if (!fields.has(url)) {
      out.ascii("{}");
      return;
    }
    in.at = fields.position(fields.last(url));
    int length = in.length();
    String name = new String(in.in, in.at, length, StandardCharsets.UTF_8);
    Schema held = schemas.named(name.substring(name.lastIndexOf('/') + 1));
    if (held == null) {
      throw Undecodable.because("an Any of a type that the contracts do not name");
    }
    int from = 0;
    int to = 0;
    SchemaField content = type.fields.get(1);
    if (fields.has(content)) {
      in.at = fields.position(fields.last(content));
      to = in.length() + in.at;
      from = in.at;
    }
    out.ascii("{\"@type\":");
    out.string(name);
    if (held.wellKnown == WellKnown.NONE) {
      Occurrences inside = new Occurrences(held, new WireReader(in.in, from, to));
      members(held, inside, new WireReader(in.in, from, to), false);
    } else {
      out.ascii(",\"value\":");
      message(held, in.in, from, to);
    }
    out.raw('}');
  }
}
