package dev.concordat.events;

import dev.concordat.core.Clock;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Observer;
import dev.concordat.events.log.Broker;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.store.Database;
import java.util.UUID;

/// What the parts of one running service's events share.
///
/// @param owner the owner's name
/// @param instance this process
/// @param database the service's own
/// @param broker where the log is
/// @param codec context to headers and back
/// @param topics what the contracts name
/// @param wake tells the sequencer that something was committed
/// @param personal takes personal data out of what is written down, and puts it back
/// @param options the rest
public record Parts(
    String owner,
    UUID instance,
    Database database,
    Broker broker,
    ContextCodec codec,
    Topics topics,
    Signal wake,
    PersonalData personal,
    EventsOptions options) {
  public Clock clock() {
    return options.clock();
  }

  public Observer observer() {
    return options.observer();
  }
}
