package dev.concordat.edge;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.concordat.core.Failure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Scalar values from text (of JSON, of a path, of a query) to the wire.
final class Scalars {
  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

  private final JsonPath path;
  private final WireWriter out;

  Scalars(JsonPath path, WireWriter out) {
    this.path = path;
    this.out = out;
  }

  /// A field from plain text, with its tag: map keys, path and query parameters.
  void text(SchemaField field, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.tag(field.number, field.wireType());
    switch (field.type) {
      case STRING -> out.bytes(utf8, 0, utf8.length);
      case BYTES -> base64(utf8, 0, utf8.length);
      case BOOL -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw wrong(FieldDescriptor.Type.BOOL, text);
        }
        out.oneByte(text.equals("true") ? 1 : 0);
      }
      case ENUM -> {
        if (!text.isEmpty() && (Character.isDigit(text.charAt(0)) || text.charAt(0) == '-')) {
          quotedNumber(FieldDescriptor.Type.INT32, utf8, 0, utf8.length);
        } else {
          enumName(field, text);
        }
      }
      default -> quotedNumber(field.type, utf8, 0, utf8.length);
    }
  }

  /// As [#text], also for messages that JSON writes as a string or a number.
  void value(SchemaField field, String text) {
    if (!field.isMessage()) {
      text(field, text);
      return;
    }
    out.tag(field.number, 2);
    int mark = out.begin();
    switch (field.message().wellKnown) {
      case TIMESTAMP -> WellKnownText.timestamp(text, out, path);
      case DURATION -> WellKnownText.duration(text, out, path);
      case FIELD_MASK -> WellKnownText.fieldMask(text, out, path);
      case WRAPPER -> text(field.message().first(), text);
      case NONE, STRUCT, VALUE, LIST_VALUE, ANY ->
          throw new IllegalStateException(field.jsonName + " has no value in one text");
    }
    out.end(mark);
  }

  void enumName(SchemaField field, String name) {
    Integer number = field.enumNumber(name);
    if (number == null) {
      throw path.refuse(
          "json.enum",
          "\"" + Shown.of(name) + "\" is none of " + String.join(", ", field.enumValues()));
    }
    out.varint(number);
  }

  void enumNumber(SchemaField field, int number) {
    out.tag(field.number, 0);
    out.varint(number);
  }

  /// A number that was written as a string.
  void quotedNumber(FieldDescriptor.Type type, byte[] text, int from, int to) {
    String value = new String(text, from, to - from, StandardCharsets.UTF_8);
    if (type == FieldDescriptor.Type.DOUBLE || type == FieldDescriptor.Type.FLOAT) {
      switch (value) {
        case "NaN" -> real(type, Double.NaN);
        case "Infinity" -> real(type, Double.POSITIVE_INFINITY);
        case "-Infinity" -> real(type, Double.NEGATIVE_INFINITY);
        default -> number(type, plainNumber(type, value), 0, to - from);
      }
    } else {
      number(type, plainNumber(type, value), 0, to - from);
    }
  }

  /// A number by JSON's grammar.
  void number(FieldDescriptor.Type type, byte[] text, int from, int to) {
    switch (type) {
      case DOUBLE, FLOAT -> real(type, finite(type, text, from, to));
      case INT32 -> out.varint(whole(type, text, from, to));
      case INT64, UINT64 -> out.varint(whole(type, text, from, to));
      case UINT32 -> out.varint(whole(type, text, from, to));
      case SINT32 -> {
        int value = (int) whole(type, text, from, to);
        out.varint((value << 1 ^ value >> 31) & 0xffffffffL);
      }
      case SINT64 -> {
        long value = whole(type, text, from, to);
        out.varint(value << 1 ^ value >> 63);
      }
      case FIXED32, SFIXED32 -> out.fixed32((int) whole(type, text, from, to));
      case FIXED64, SFIXED64 -> out.fixed64(whole(type, text, from, to));
      case BOOL, STRING, BYTES, ENUM, MESSAGE, GROUP ->
          throw new IllegalArgumentException(type + " is no number");
    }
  }

  void base64(byte[] text, int from, int to) {
    int end = to;
    while (end > from && text[end - 1] == '=' && to - end < 2) {
      end--;
    }
    int mark = out.begin();
    int bits = 0;
    int pending = 0;
    for (int i = from; i < end; i++) {
      int digit = base64Digit(text[i]);
      if (digit < 0) {
        throw path.refuse("json.base64", "expected base64, found another character in it");
      }
      bits = bits << 6 | digit;
      pending += 6;
      if (pending >= 8) {
        pending -= 8;
        out.oneByte(bits >> pending);
        bits &= (1 << pending) - 1;
      }
    }
    if ((end - from) % 4 == 1 || (end < to && (to - from) % 4 != 0)) {
      throw path.refuse("json.base64", "expected base64, found an incomplete group");
    }
    out.end(mark);
  }

  private static int base64Digit(byte c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return switch (c) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      default -> -1;
    };
  }

  private byte[] plainNumber(FieldDescriptor.Type type, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    try {
      JsonReader reader = new JsonReader(text);
      reader.number();
      if (reader.from == 0 && reader.to == text.length) {
        return text;
      }
    } catch (Failure e) {
      throw wrong(type, value);
    }
    throw wrong(type, value);
  }

  private void real(FieldDescriptor.Type type, double value) {
    if (type == FieldDescriptor.Type.DOUBLE) {
      out.fixed64(Double.doubleToLongBits(value));
    } else {
      out.fixed32(Float.floatToIntBits((float) value));
    }
  }

  private double finite(FieldDescriptor.Type type, byte[] text, int from, int to) {
    String value = new String(text, from, to - from, StandardCharsets.US_ASCII);
    double number = Double.parseDouble(value);
    if (Double.isInfinite(type == FieldDescriptor.Type.FLOAT ? (float) number : number)) {
      throw range(type, value);
    }
    return number;
  }

  private long whole(FieldDescriptor.Type type, byte[] text, int from, int to) {
    boolean negative = text[from] == '-';
    int start = negative ? from + 1 : from;
    boolean quick = to - start <= 18;
    long value = 0;
    for (int i = start; i < to && quick; i++) {
      quick = text[i] >= '0' && text[i] <= '9';
      value = value * 10 + (text[i] - '0');
    }
    return quick ? bounded(type, negative ? -value : value) : exact(type, text, from, to);
  }

  private long bounded(FieldDescriptor.Type type, long value) {
    boolean fits =
        switch (type) {
          case INT32, SINT32, SFIXED32 -> value == (int) value;
          case UINT32, FIXED32 -> value >= 0 && value <= 0xffffffffL;
          case UINT64, FIXED64 -> value >= 0;
          default -> true;
        };
    if (!fits) {
      throw range(type, Long.toString(value));
    }
    return value;
  }

  /// Fractions, exponents and very large numbers. `1.0` and `1e2` are whole.
  private long exact(FieldDescriptor.Type type, byte[] text, int from, int to) {
    String shown = new String(text, from, to - from, StandardCharsets.US_ASCII);
    BigDecimal value;
    try {
      value = new BigDecimal(shown);
    } catch (NumberFormatException e) {
      throw range(type, shown);
    }
    if (value.signum() == 0) {
      return 0;
    }
    // The exponent is judged before the digits are written out: 1e999999999 is short to send.
    long digits = (long) value.precision() - value.scale();
    if (digits > 20) {
      throw range(type, shown);
    }
    if (digits <= 0 || value.stripTrailingZeros().scale() > 0) {
      throw path.refuse(
          "json.type", "expected " + Names.of(type) + ", found the fraction " + Shown.of(shown));
    }
    BigInteger whole = value.toBigIntegerExact();
    boolean unsigned = type == FieldDescriptor.Type.UINT64 || type == FieldDescriptor.Type.FIXED64;
    if (unsigned && whole.signum() > 0 && whole.compareTo(TWO_64) < 0) {
      return whole.longValue();
    }
    if (whole.bitLength() > 63) {
      throw range(type, shown);
    }
    return bounded(type, whole.longValue());
  }

  private Failure range(FieldDescriptor.Type type, String value) {
    return path.refuse(
        "json.range",
        "expected " + Names.of(type) + ", and " + Shown.of(value) + " is out of range");
  }

  private Failure wrong(FieldDescriptor.Type type, String value) {
    return path.refuse(
        "json.type", "expected " + Names.of(type) + ", found \"" + Shown.of(value) + "\"");
  }
}
