package dev.concordat.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Measured numbers, for people and for programs.
final class Figures {
  private Figures() {}

  /// One line each.
  static void show(List<Figure> figures, PrintWriter out) {
    int width = figures.stream().mapToInt(figure -> figure.name().length()).max().orElse(0);
    for (Figure figure : figures) {
      out.printf(
          Locale.ROOT, "%-" + width + "s  %14s %s%n", figure.name(), number(figure), figure.unit());
    }
    out.flush();
  }

  private static String number(Figure figure) {
    double size = Math.abs(figure.value());
    return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : "%.2f", figure.value());
  }

  /// As JSON: `[{"name", "value", "unit"}]`.
  static void write(List<Figure> figures, Path file) {
    ListValue.Builder list = ListValue.newBuilder();
    for (Figure figure : figures) {
      Struct struct =
          Struct.newBuilder()
              .putFields("name", Value.newBuilder().setStringValue(figure.name()).build())
              .putFields("value", Value.newBuilder().setNumberValue(figure.value()).build())
              .putFields("unit", Value.newBuilder().setStringValue(figure.unit()).build())
              .build();
      list.addValues(Value.newBuilder().setStructValue(struct));
    }
    try {
      Files.writeString(file, JsonFormat.printer().print(list) + "\n");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a figure is not a number: " + figures, e);
    } catch (IOException e) {
      throw Refusal.because(file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
