package dev.concordat.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.concordat.contract.v1.OptionsProto;
import java.time.Duration;
import java.util.Optional;

/// What the contract says about one type of event.
///
/// @param prototype default instance
/// @param name the topic: the event's full name, for example `shop.orders.v1.OrderPlaced`
/// @param owner who alone publishes it
/// @param key the field that orders the events
/// @param retention how long it stays readable; default 7 days
/// @param expireAfter how long it is worth handling, from when it was told; empty for always
/// @param <E> the event
public record Topic<E extends Message>(
    E prototype,
    String name,
    String owner,
    FieldDescriptor key,
    Duration retention,
    Optional<Duration> expireAfter) {
  /// The topic of an event.
  ///
  /// @param prototype default instance of a message with the `event` option
  public static <E extends Message> Topic<E> of(E prototype) {
    var type = prototype.getDescriptorForType();
    var options = KnownOptions.of(type);
    if (!options.hasExtension(OptionsProto.event)) {
      throw new IllegalArgumentException(
          type.getFullName() + " is no event; add: option (concordat.v1.event) = {key: \"...\"};");
    }
    var event = options.getExtension(OptionsProto.event);
    return new Topic<>(
        prototype,
        type.getFullName(),
        Owners.of(type.getFile()),
        Fields.named(type, event.getKey(), "event.key"),
        event.hasRetention() ? Policies.duration(event.getRetention()) : Duration.ofDays(7),
        event.hasExpireAfter()
            ? Optional.of(Policies.duration(event.getExpireAfter()))
            : Optional.empty());
  }

  /// The value that orders this event.
  public String keyOf(Message event) {
    return event.getField(event.getDescriptorForType().findFieldByName(key.getName())).toString();
  }
}
