package dev.concordat.calls;

import dev.concordat.calls.record.Records;
import dev.concordat.calls.record.Trail;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps what was decided about each call, and tells the story behind its failure.
///
/// Stands outermost, so that refusals of every other step are kept too.
final class ClientRecord implements ClientStep {
  private final ClientStep next;
  private final Records records;
  private final Clock clock;

  ClientRecord(ClientStep next, Records records, Clock clock) {
    this.next = next;
    this.records = records;
    this.clock = clock;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Recorded recorded = new Recorded(call.trail());
    try {
      recorded.current = next.open(call);
      return recorded;
    } catch (Failure failure) {
      throw recorded.told(failure);
    }
  }

  private final class Recorded implements OngoingCall {
    private final Trail trail;
    private final boolean single;
    private @Nullable OngoingCall current;

    Recorded(Trail trail) {
      this.trail = trail;
      this.single = !trail.method().descriptor().isServerStreaming();
    }

    @Override
    public void begun() {
      try {
        current().begun();
      } catch (Failure failure) {
        throw told(failure);
      }
    }

    @Override
    public Optional<byte[]> next() {
      try {
        Optional<byte[]> message = current().next();
        if (single || message.isEmpty()) {
          end(null);
        }
        return message;
      } catch (Failure failure) {
        throw told(failure);
      }
    }

    @Override
    public void send(byte[] message) {
      current().send(message);
    }

    @Override
    public void finish() {
      current().finish();
    }

    @Override
    public Reach reach() {
      return current().reach();
    }

    @Override
    public boolean replayed() {
      return current().replayed();
    }

    @Override
    public void close() {
      current().close();
      if (trail.left(clock.nanos())) {
        records.add(trail);
      }
    }

    private OngoingCall current() {
      return Objects.requireNonNull(current, "open");
    }

    Failure told(Failure failure) {
      end(failure);
      return failure.withStory(trail);
    }

    private void end(@Nullable Failure failure) {
      if (failure == null && current().replayed()) {
        trail.replayed();
      }
      if (trail.end(failure, clock.nanos())) {
        records.add(trail);
      }
    }
  }
}
