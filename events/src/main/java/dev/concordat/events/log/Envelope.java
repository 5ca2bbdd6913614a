package dev.concordat.events.log;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A message and what is written on its envelope.
///
/// Source: [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md);
/// `datacontenttype` is `application/protobuf`.
///
/// @param id unique among all messages: CloudEvents `id`
/// @param source the owner that sent it: CloudEvents `source`
/// @param topic the message's full name, for example `shop.orders.v1.OrderPlaced`: CloudEvents
///   `type`
/// @param key what orders it: CloudEvents `subject`
/// @param time when it was told: CloudEvents `time`
/// @param headers trace, baggage and the like, as [dev.concordat.core.ContextCodec] names them
/// @param payload the message in protobuf's binary form
public record Envelope(
    UUID id,
    String source,
    String topic,
    String key,
    Instant time,
    Map<String, String> headers,
    ByteString payload) {
  /// The header that names the message's type and a fingerprint of it: CloudEvents `dataschema`.
  public static final String DATA_SCHEMA = "dataschema";

  /// Copies the headers.
  public Envelope {
    headers = Map.copyOf(headers);
  }

  /// As which schema the publisher knew the message, for example
  /// `proto:shop.orders.v1.OrderPlaced#9f2c…`; empty when it did not say.
  public Optional<String> dataSchema() {
    return Optional.ofNullable(headers.get(DATA_SCHEMA));
  }

  /// The same with other headers.
  public Envelope withHeaders(Map<String, String> headers) {
    return new Envelope(id, source, topic, key, time, headers, payload);
  }
}
