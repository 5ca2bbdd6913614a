package dev.concordat.events;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.contract.Event;
import dev.concordat.contract.Topic;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.log.CloudEvents;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.subscriptions.Expiry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Puts a message into its envelope.
public final class Publishing {
  /// In characters; what indexes of the database can hold, in any script.
  private static final int KEY_LENGTH = 512;

  private static final Map<Descriptor, Topic<?>> TOPICS = new ConcurrentHashMap<>();

  private Publishing() {}

  static Topic<?> topic(Message event) {
    return TOPICS.computeIfAbsent(
        event.getDescriptorForType(), any -> Topic.of(event.getDefaultInstanceForType()));
  }

  /// An event in its envelope.
  ///
  /// @throws Failure with [Code#INVALID_ARGUMENT] when the event breaks a rule of its contract or
  ///   has no usable key, with [Code#PERMISSION_DENIED] when it is another owner's
  public static Envelope envelope(Parts parts, Event<?> event) {
    Topic<?> topic = topic(event);
    String key = topic.keyOf(event);
    requireOwned(parts, topic);
    requireKey(key, topic);
    Rules.check(event);
    parts.topics().add(topic.name(), topic.retention());
    Envelope told =
        envelope(parts, "publish " + topic.name(), topic.name(), key, event, Context.current());
    return topic.expireAfter().map(after -> worthUntil(told, told.time().plus(after))).orElse(told);
  }

  /// The same, to be given up on when it is handled after this instant.
  static Envelope worthUntil(Envelope message, Instant until) {
    Map<String, String> headers = new HashMap<>(message.headers());
    headers.put(Expiry.HEADER, until.toString());
    return message.withHeaders(headers);
  }

  /// An envelope whose headers carry the trace and the baggage of the context, watched under this
  /// name. The publisher's deadline does not go along: a fact is worth handling long after the call
  /// that it comes from; nor does its idempotency key, which names that call.
  public static Envelope envelope(
      Parts parts, String activity, String topic, String key, Message message, Context context) {
    requireUsable(key, topic);
    Message told = parts.personal().seal(message);
    requireSmall(parts, told, topic);
    UUID id = newId(parts.clock().now().toEpochMilli());
    var attributes =
        Map.of(
            "concordat.key",
            key,
            "messaging.system",
            "concordat",
            "messaging.destination.name",
            topic,
            "messaging.message.id",
            id.toString());
    try (var observation =
        parts.observer().begin(new Activity(Kind.PRODUCER, activity, context, attributes))) {
      Map<String, String> headers = new HashMap<>();
      Context sent = observation.context().withoutIdempotencyKey().withAttempt(1).withHedged(false);
      headers.put(Envelope.DATA_SCHEMA, SchemaIdentity.of(message.getDescriptorForType()));
      parts.codec().write(sent.withCaller(parts.owner()), ContextCodec.carrier(headers));
      return new Envelope(
          id, parts.owner(), topic, key, parts.clock().now(), headers, told.toByteString());
    }
  }

  private static void requireOwned(Parts parts, Topic<?> topic) {
    if (!topic.owner().equals(parts.owner())) {
      throw Failure.of(
          Code.PERMISSION_DENIED,
          topic.name()
              + " belongs to "
              + topic.owner()
              + ", which alone publishes it; "
              + parts.owner()
              + " can ask "
              + topic.owner()
              + " by a call or a task");
    }
  }

  private static void requireKey(String key, Topic<?> topic) {
    if (key.isEmpty()) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          topic.name() + " has no key: set its field " + topic.key().getName());
    }
  }

  private static void requireSmall(Parts parts, Message message, String topic) {
    int limit = parts.options().limits().messageBytes();
    if (message.getSerializedSize() > limit) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          topic
              + " has "
              + message.getSerializedSize()
              + " bytes and may have "
              + limit
              + "; store what is large elsewhere and tell where it is, or raise"
              + " Limits.messageBytes");
    }
  }

  private static void requireUsable(String key, String topic) {
    if (key.length() > KEY_LENGTH || key.indexOf(0) >= 0) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          "the key of "
              + topic
              + " must have at most "
              + KEY_LENGTH
              + " characters, none of them NUL; it has "
              + key.length());
    }
  }

  /// Opens the envelope; what is encrypted in it stays so.
  ///
  /// @throws Dead when the payload cannot be read as this type
  @SuppressWarnings("unchecked")
  public static <E extends Message> E read(E prototype, Envelope message) {
    CloudEvents.unreadable(message)
        .ifPresent(why -> {
          throw Dead.because(why);
        });
    try {
      if (CloudEvents.isJson(message)) {
        return (E) fromJson(prototype, message);
      }
      return (E) prototype.getParserForType().parseFrom(message.payload());
    } catch (InvalidProtocolBufferException e) {
      throw Dead.because(
          "the payload cannot be read as " + prototype.getDescriptorForType().getFullName());
    }
  }

  /// Strangers may write JSON. Fields that this contract does not know are passed over, as they are
  /// in protobuf.
  private static Message fromJson(Message prototype, Envelope message)
      throws InvalidProtocolBufferException {
    Message.Builder builder = prototype.newBuilderForType();
    JsonFormat.parser().ignoringUnknownFields().merge(message.payload().toStringUtf8(), builder);
    return builder.build();
  }

  /// A UUID of version 7: those of one time stand together in an index.
  ///
  /// Source: RFC 9562, 5.7.
  public static UUID newId(long epochMillis) {
    var random = ThreadLocalRandom.current();
    long high = (epochMillis << 16) | 0x7000L | random.nextLong(0x1000);
    long low = 0x8000_0000_0000_0000L | (random.nextLong() >>> 2);
    return new UUID(high, low);
  }
}
