package dev.concordat.calls.discovery;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the JSON of a stranger: what is missing is empty, what has the wrong type is refused. The
/// text itself is never repeated, since it goes to a log.
final class Json {
  private Json() {}

  static JsonElement read(String text) {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw wrong("one JSON value", "more than one");
      }
      return element;
    } catch (IOException | JsonParseException | StackOverflowError e) {
      throw wrong("JSON", "something else, " + text.length() + " characters long");
    }
  }

  static JsonObject object(@Nullable JsonElement element) {
    if (element instanceof JsonObject object) {
      return object;
    }
    throw wrong("an object", kind(element));
  }

  /// The object under a name; an empty one when it is missing or null.
  static JsonObject object(JsonObject in, String name) {
    return missing(in, name) ? new JsonObject() : object(in.get(name));
  }

  static List<JsonObject> objects(@Nullable JsonElement element) {
    if (!(element instanceof JsonArray array)) {
      throw wrong("an array", kind(element));
    }
    List<JsonObject> objects = new ArrayList<>(array.size());
    array.forEach(one -> objects.add(object(one)));
    return objects;
  }

  /// The objects under a name; none when it is missing or null.
  static List<JsonObject> objects(JsonObject in, String name) {
    return missing(in, name) ? List.of() : objects(in.get(name));
  }

  /// The texts under a name; none when it is missing or null.
  static List<String> texts(JsonObject in, String name) {
    if (missing(in, name)) {
      return List.of();
    }
    if (!(in.get(name) instanceof JsonArray array)) {
      throw wrong("an array", kind(in.get(name)));
    }
    List<String> texts = new ArrayList<>(array.size());
    array.forEach(one -> texts.add(text(one)));
    return texts;
  }

  /// The text under a name; empty when it is missing or null.
  static String text(JsonObject in, String name) {
    return missing(in, name) ? "" : text(in.get(name));
  }

  /// The whole number under a name, also when it is written as a text; 0 when it is missing or
  /// null.
  static int number(JsonObject in, String name) {
    if (missing(in, name)) {
      return 0;
    }
    try {
      return in.get(name) instanceof JsonPrimitive primitive
          ? Integer.parseInt(primitive.getAsString())
          : notANumber(in.get(name));
    } catch (NumberFormatException e) {
      return notANumber(in.get(name));
    }
  }

  /// The flag under a name, also when it is written as a text; empty when it is missing or null.
  static Optional<Boolean> flag(JsonObject in, String name) {
    if (missing(in, name)) {
      return Optional.empty();
    }
    String text = in.get(name) instanceof JsonPrimitive primitive ? primitive.getAsString() : "";
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> throw wrong("true or false", kind(in.get(name)));
    };
  }

  /// All that is a plain value, as texts.
  static Map<String, String> plain(JsonObject object) {
    Map<String, String> texts = new HashMap<>();
    object
        .asMap()
        .forEach((name, value) -> {
          if (value instanceof JsonPrimitive primitive) {
            texts.put(name, primitive.getAsString());
          }
        });
    return texts;
  }

  static Failure wrong(String wanted, String got) {
    return Failure.of(Code.INTERNAL, "the answer is garbage: expected " + wanted + ", got " + got);
  }

  private static String text(JsonElement element) {
    if (element instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw wrong("a text", kind(element));
  }

  private static int notANumber(JsonElement element) {
    throw wrong("a whole number", kind(element));
  }

  private static boolean missing(JsonObject in, String name) {
    return !in.has(name) || in.get(name).isJsonNull();
  }

  private static String kind(@Nullable JsonElement element) {
    return element == null ? "nothing" : element.getClass().getSimpleName();
  }
}
