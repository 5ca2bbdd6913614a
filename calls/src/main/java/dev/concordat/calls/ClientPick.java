package dev.concordat.calls;

import dev.concordat.calls.balance.Instance;
import dev.concordat.calls.balance.Outcome;
import dev.concordat.calls.balance.Standing;
import dev.concordat.calls.balance.Visit;
import dev.concordat.calls.protect.Bulkhead;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.Shape;
import java.util.Locale;

/// Chooses the instance for one attempt, unless too many are under way already, and tells the
/// balancer how it went.
final class ClientPick implements ClientStep {
  private final Target target;

  ClientPick(Target target) {
    this.target = target;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    boolean stream = call.method().shape() != Shape.UNARY;
    Bulkhead bulkhead = target.bulkhead(stream);
    bulkhead.enter();
    try {
      Instance<Connection> instance = target.pick(call, stream);
      note(call, instance);
      return open(call, instance, bulkhead, stream);
    } catch (RuntimeException e) {
      bulkhead.leave();
      throw e;
    }
  }

  private OngoingCall open(
      OutgoingCall call, Instance<Connection> instance, Bulkhead bulkhead, boolean stream) {
    Visit visit = instance.begin(stream);
    try {
      return instance
          .connection()
          .open(
              call,
              ending -> {
                bulkhead.leave();
                ended(instance, visit, ending);
              });
    } catch (RuntimeException e) {
      visit.end(Outcome.ABANDONED);
      throw e;
    }
  }

  private void ended(Instance<Connection> instance, Visit visit, Ending ending) {
    Outcome outcome = Outcome.of(ending.reach(), ending.failure());
    visit.end(outcome);
    if (outcome != Outcome.ANSWERED) {
      target.failed(instance, ending.nobodyThere());
    }
  }

  private void note(OutgoingCall call, Instance<Connection> instance) {
    Standing standing = instance.standing();
    call.attempt()
        .picked(
            standing.endpoint(),
            standing.outstanding(),
            standing.latency().toNanos(),
            target.candidates(),
            standing.state() == Standing.State.READY
                ? ""
                : standing.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    call.context().observation().set("server.address", standing.endpoint().host());
    call.context().observation().set("server.port", Integer.toString(standing.endpoint().port()));
  }
}
