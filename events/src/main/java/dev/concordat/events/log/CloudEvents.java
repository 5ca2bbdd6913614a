package dev.concordat.events.log;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.concordat.core.ContextCodec;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Envelopes as CloudEvents 1.0, so that strangers can read what we write and we what they write.
///
/// **Binary mode**: attributes are headers with a prefix, trace and the like are headers as they
/// are, the payload is the body. **Structured mode**: all of it is one JSON object. We write
/// protobuf; read are protobuf and JSON.
///
/// An event of a stranger may have an id that is no UUID: then ours is made of its source and its
/// id, always the same, and the original stands in the header `ce_id`. What is no CloudEvent, or
/// one of another type, becomes a message that says so ([#unreadable]): it is given up on with its
/// bytes, and the rest goes on.
///
/// Source: [CloudEvents
/// 1.0.2](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), its Kafka and JSON
/// bindings, and its extensions for tracing and partitioning.
public final class CloudEvents {
  /// How attributes are named in Kafka's headers.
  public static final String KAFKA = "ce_";

  /// How attributes are named in HTTP's headers.
  public static final String HTTP = "ce-";

  /// What the body is, in binary mode; or that it is the structured mode.
  public static final String CONTENT_TYPE = "content-type";

  /// In structured mode the content type begins with this.
  public static final String STRUCTURED = "application/cloudevents+json";

  /// The content type of what we write.
  public static final String PROTOBUF = "application/protobuf";

  /// Header of a message that could not be read: why.
  public static final String UNREADABLE = "concordat-unreadable";

  private static final String ORIGINAL_ID = "ce_id";
  private static final Set<String> JSON = Set.of("application/json", "text/json");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "specversion",
          "id",
          "source",
          "type",
          "subject",
          "time",
          "datacontenttype",
          "partitionkey",
          "data",
          "data_base64");

  /// Our headers under names that CloudEvents allows.
  private static final Map<String, String> EXTENSIONS =
      Map.of(
          "concordatdeadline", ContextCodec.DEADLINE,
          "concordatcaller", ContextCodec.CALLER,
          "concordatpriority", ContextCodec.PRIORITY,
          "concordatattempt", ContextCodec.ATTEMPT,
          "concordathedged", ContextCodec.HEDGED);

  private CloudEvents() {}

  /// Where a message was found, for what it does not say itself.
  ///
  /// @param topic the only type that is expected there
  /// @param key what it is ordered by; empty when the place does not say
  /// @param at when it got there
  /// @param name of the place, unique
  public record Place(String topic, Optional<String> key, Instant at, String name) {}

  /// All headers of the binary mode.
  public static Map<String, String> binary(Envelope message, String prefix) {
    Map<String, String> headers = new LinkedHashMap<>(message.headers());
    headers.remove(ORIGINAL_ID);
    String schema = headers.remove(Envelope.DATA_SCHEMA);
    if (schema != null) {
      headers.put(prefix + Envelope.DATA_SCHEMA, schema);
    }
    headers.put(prefix + "specversion", "1.0");
    headers.put(prefix + "id", id(message));
    headers.put(prefix + "source", message.source());
    headers.put(prefix + "type", message.topic());
    headers.put(prefix + "time", message.time().toString());
    if (!message.key().isEmpty()) {
      headers.put(prefix + "subject", message.key());
    }
    headers.putIfAbsent(CONTENT_TYPE, PROTOBUF);
    return headers;
  }

  /// The JSON object of the structured mode.
  public static String structured(Envelope message) {
    JsonObject event = new JsonObject();
    String type = contentType(message);
    message
        .headers()
        .forEach((name, value) -> {
          String extension = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
          if (!extension.isEmpty() && !name.equals(CONTENT_TYPE) && !name.equals(ORIGINAL_ID)) {
            event.addProperty(extension, value);
          }
        });
    event.addProperty("specversion", "1.0");
    event.addProperty("id", id(message));
    event.addProperty("source", message.source());
    event.addProperty("type", message.topic());
    event.addProperty("time", message.time().toString());
    if (!message.key().isEmpty()) {
      event.addProperty("subject", message.key());
    }
    event.addProperty("datacontenttype", type);
    event.addProperty(
        "data_base64", Base64.getEncoder().encodeToString(message.payload().toByteArray()));
    return event.toString();
  }

  /// Reads either mode; which one, the content type says.
  ///
  /// @param headers as they were found
  /// @param prefix of the attributes in binary mode
  public static Envelope read(
      Map<String, String> headers, String prefix, ByteString body, Place place) {
    try {
      boolean structured =
          headers.getOrDefault(CONTENT_TYPE, "").toLowerCase(Locale.ROOT).startsWith(STRUCTURED);
      return structured
          ? readStructured(body, place)
          : readBinary(new HashMap<>(headers), prefix, body, place);
    } catch (Unreadable | JsonParseException | IllegalArgumentException | DateTimeException e) {
      return unreadable(headers, body, place, String.valueOf(e.getMessage()));
    }
  }

  /// Why the message could not be read; empty when it could.
  public static Optional<String> unreadable(Envelope message) {
    return Optional.ofNullable(message.headers().get(UNREADABLE));
  }

  /// Whether the payload is JSON, not protobuf.
  public static boolean isJson(Envelope message) {
    return isJson(contentType(message));
  }

  private static Envelope readBinary(
      Map<String, String> headers, String prefix, ByteString body, Place place) {
    Map<String, String> attributes = new HashMap<>();
    headers.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        attributes.put(name.substring(prefix.length()), value);
      }
    });
    attributes.keySet().forEach(name -> headers.remove(prefix + name));
    String type = headers.remove(CONTENT_TYPE);
    return envelope(attributes, headers, type == null ? PROTOBUF : type, body, place);
  }

  private static Envelope readStructured(ByteString body, Place place) {
    JsonElement parsed = JsonParser.parseString(body.toStringUtf8());
    if (!parsed.isJsonObject()) {
      throw new Unreadable("the body is no JSON object");
    }
    JsonObject event = parsed.getAsJsonObject();
    Map<String, String> attributes = new HashMap<>();
    event
        .asMap()
        .forEach((name, value) -> {
          if (value.isJsonPrimitive() && !name.equals("data")) {
            attributes.put(name, value.getAsString());
          }
        });
    ByteString data = ByteString.EMPTY;
    String type = attributes.getOrDefault("datacontenttype", "application/json");
    if (event.has("data_base64")) {
      data =
          ByteString.copyFrom(
              Base64.getDecoder().decode(attributes.getOrDefault("data_base64", "")));
    } else if (event.has("data")) {
      if (!isJson(type)) {
        throw new Unreadable("data of the type " + type + " must stand in data_base64");
      }
      data = ByteString.copyFromUtf8(event.get("data").toString());
    }
    return envelope(attributes, new HashMap<>(), type, data, place);
  }

  private static Envelope envelope(
      Map<String, String> attributes,
      Map<String, String> headers,
      String contentType,
      ByteString data,
      Place place) {
    String version = required(attributes, "specversion");
    if (!version.startsWith("1.")) {
      throw new Unreadable("it is of CloudEvents " + version + "; 1.0 can be read");
    }
    String type = required(attributes, "type");
    if (!type.equals(place.topic())) {
      throw new Unreadable("it is of the type " + type + ", and here stands " + place.topic());
    }
    String id = required(attributes, "id");
    String source = required(attributes, "source");
    UUID own = uuid(source, id);
    if (!own.toString().equals(id)) {
      headers.put(ORIGINAL_ID, id);
    }
    attributes.forEach((name, value) -> {
      if (!ATTRIBUTES.contains(name)) {
        headers.putIfAbsent(EXTENSIONS.getOrDefault(name, name), value);
      }
    });
    if (!contentType.startsWith(PROTOBUF)) {
      if (!isJson(contentType)) {
        throw new Unreadable("its payload is " + contentType + "; protobuf and JSON can be read");
      }
      headers.put(CONTENT_TYPE, contentType);
    }
    String time = attributes.get("time");
    return new Envelope(
        own,
        source,
        type,
        key(attributes, place, own),
        time == null ? place.at() : OffsetDateTime.parse(time).toInstant(),
        headers,
        data);
  }

  /// An event without a key is ordered with nothing.
  private static String key(Map<String, String> attributes, Place place, UUID id) {
    String said =
        attributes.getOrDefault("partitionkey", attributes.getOrDefault("subject", id.toString()));
    return place.key().orElse(said);
  }

  private static Envelope unreadable(
      Map<String, String> headers, ByteString body, Place place, String why) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(UNREADABLE, "the message at " + place.name() + " cannot be read: " + why);
    return new Envelope(
        uuid("unreadable", place.name()),
        all.getOrDefault("ce_source", "unknown"),
        place.topic(),
        place.key().orElse(place.name()),
        place.at(),
        all,
        body);
  }

  private static String required(Map<String, String> attributes, String name) {
    String value = attributes.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new Unreadable("it has no " + name + ", which every CloudEvent has");
    }
    return value;
  }

  private static String id(Envelope message) {
    return message.headers().getOrDefault(ORIGINAL_ID, message.id().toString());
  }

  private static String contentType(Envelope message) {
    return message.headers().getOrDefault(CONTENT_TYPE, PROTOBUF);
  }

  private static boolean isJson(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    String bare = type.strip().toLowerCase(Locale.ROOT);
    return JSON.contains(bare) || bare.endsWith("+json");
  }

  /// The id itself when it is a UUID; otherwise one that is made of source and id.
  private static UUID uuid(String source, String id) {
    if (id.length() == 36) {
      try {
        UUID own = UUID.fromString(id);
        if (own.toString().equals(id)) {
          return own;
        }
      } catch (IllegalArgumentException e) {
        assert e != null; // it is made of source and id
      }
    }
    return UUID.nameUUIDFromBytes((source + "\n" + id).getBytes(StandardCharsets.UTF_8));
  }

  /// Not an event that we can read.
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message, null, false, false);
    }
  }
}
