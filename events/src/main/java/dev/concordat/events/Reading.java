package dev.concordat.events;

import dev.concordat.contract.Event;
import dev.concordat.contract.Topic;
import dev.concordat.core.Limits;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.Envelope;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.subscriptions.Received;

/// Opens the envelopes of a topic, and refuses those that should not be in it: they become dead
/// letters with the reason, and the rest goes on.
///
/// @param topic as the contract of this service knows it
/// @param personal puts personal data back
record Reading<E extends Event<?>>(Topic<E> topic, Limits limits, PersonalData personal) {
  /// Opens it.
  ///
  /// @throws Dead when it is not what its topic promises, or its personal data was changed
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE` when the keys cannot be reached now
  Received<E> read(Broker.Logged logged) {
    Envelope message = logged.message();
    if (!message.topic().equals(topic.name())) {
      throw Dead.because(
          "the message is of type " + message.topic() + "; this topic holds " + topic.name());
    }
    if (!message.source().equals(topic.owner())) {
      throw Dead.because(
          topic.name()
              + " was told by "
              + message.source()
              + "; only its owner "
              + topic.owner()
              + " may tell it");
    }
    if (message.payload().size() > limits.messageBytes()) {
      throw Dead.because(
          "the payload has "
              + message.payload().size()
              + " bytes, more than the limit of "
              + limits.messageBytes());
    }
    return new Received<>(
        personal.open(Publishing.read(topic.prototype(), message)),
        message,
        logged.partition(),
        logged.position(),
        logged.appendedAt());
  }
}
