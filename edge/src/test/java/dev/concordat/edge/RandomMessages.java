package dev.concordat.edge;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.concordat.edge.test.Every;
import java.util.Random;

/// Messages with anything in them that the contract allows.
final class RandomMessages {
  private final Random random;

  RandomMessages(Random random) {
    this.random = random;
  }

  Every every(int depth) {
    try {
      // Through the wire, so that of two entries of a map with one key the last remains.
      return Every.parseFrom(message(Every.newBuilder(), depth).toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private Message message(Message.Builder builder, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      boolean entry = field.getContainingType().getOptions().getMapEntry();
      if (!entry && (random.nextInt(3) != 0 || (depth <= 0 && holdsEvery(field)))) {
        continue;
      }
      if (field.isRepeated()) {
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          builder.addRepeatedField(field, value(builder, field, depth));
        }
      } else {
        builder.setField(field, value(builder, field, depth));
      }
    }
    return builder.build();
  }

  private static boolean holdsEvery(FieldDescriptor field) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return false;
    }
    var type = field.getMessageType();
    return type.equals(Every.getDescriptor())
        || (field.isMapField() && holdsEvery(type.findFieldByName("value")))
        || type.equals(Any.getDescriptor());
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getType()) {
      case INT32, SINT32, SFIXED32, UINT32, FIXED32 ->
          oneOf(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, random.nextInt());
      case INT64, SINT64, SFIXED64, UINT64, FIXED64 ->
          oneOf(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, random.nextLong());
      case FLOAT ->
          oneOf(0f, -1.5f, Float.MAX_VALUE, Float.MIN_VALUE, Float.NaN, random.nextFloat());
      case DOUBLE ->
          oneOf(
              0d,
              1e300,
              Double.MIN_VALUE,
              Double.NaN,
              Double.NEGATIVE_INFINITY,
              random.nextDouble());
      case BOOL -> random.nextBoolean();
      case STRING -> text();
      case BYTES -> bytes();
      case ENUM -> constant(field);
      default -> nested(builder.newBuilderForField(field), depth);
    };
  }

  private Object constant(FieldDescriptor field) {
    var values = field.getEnumType().getValues();
    EnumValueDescriptor chosen = values.get(random.nextInt(values.size()));
    boolean unknown = random.nextInt(8) == 0 && field.getEnumType().getName().equals("Color");
    return unknown ? field.getEnumType().findValueByNumberCreatingIfUnknown(99) : chosen;
  }

  private Message nested(Message.Builder builder, int depth) {
    return switch (builder.getDescriptorForType().getFullName()) {
      case "google.protobuf.Timestamp" ->
          Timestamp.newBuilder()
              .setSeconds(random.nextLong(-62_135_596_800L, 253_402_300_800L))
              .setNanos(nanos())
              .build();
      case "google.protobuf.Duration" -> {
        int sign = random.nextBoolean() ? 1 : -1;
        yield Duration.newBuilder()
            .setSeconds(sign * random.nextLong(315_576_000_000L))
            .setNanos(sign * nanos())
            .build();
      }
      case "google.protobuf.FieldMask" ->
          FieldMask.newBuilder().addPaths("customer_id").addPaths("lines.unit_price").build();
      case "google.protobuf.Value" -> json(2);
      case "google.protobuf.Struct" -> struct(2);
      case "google.protobuf.ListValue" -> list(2);
      case "google.protobuf.Any" ->
          random.nextBoolean()
              ? Any.pack(every(depth - 1))
              : Any.pack(nested(Duration.newBuilder(), 0));
      default -> message(builder, depth - 1);
    };
  }

  private Value json(int depth) {
    Value.Builder value = Value.newBuilder();
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> value.setNullValue(NullValue.NULL_VALUE).build();
      case 1 -> value.setNumberValue(random.nextInt(1000) / 8.0).build();
      case 2 -> value.setBoolValue(random.nextBoolean()).build();
      case 3 -> value.setStringValue(text()).build();
      case 4 -> value.setStructValue(struct(depth - 1)).build();
      default -> value.setListValue(list(depth - 1)).build();
    };
  }

  private Struct struct(int depth) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      struct.putFields(text(), json(depth));
    }
    return struct.build();
  }

  private ListValue list(int depth) {
    ListValue.Builder list = ListValue.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.addValues(json(depth));
    }
    return list.build();
  }

  private int nanos() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(1_000) * 1_000_000;
      case 2 -> random.nextInt(1_000_000) * 1_000;
      default -> random.nextInt(1_000_000_000);
    };
  }

  private String text() {
    int[] points = new int[random.nextInt(random.nextInt(20) == 0 ? 300 : 8)];
    for (int i = 0; i < points.length; i++) {
      points[i] =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> oneOf((int) '"', (int) '\\', (int) '/', 0x7f, 0x2028, 0x2029);
            case 2 -> random.nextInt(0x80, 0x800);
            case 3 -> random.nextInt(0xe000, 0x10000);
            case 4 -> random.nextInt(0x10000, 0x110000);
            default -> random.nextInt('a', 'z' + 1);
          };
    }
    return new String(points, 0, points.length);
  }

  private ByteString bytes() {
    byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 300 : 6)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  @SafeVarargs
  private <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }
}
