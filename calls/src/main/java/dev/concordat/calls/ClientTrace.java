package dev.concordat.calls;

import dev.concordat.calls.record.Attempt;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One observation for each attempt, from its beginning until its last message.
final class ClientTrace implements ClientStep {
  private final ClientStep next;
  private final Observer observer;

  /// Nobody else would read what is collected for every call.
  private final boolean watched;

  private final Clock clock;
  private final String target;

  ClientTrace(ClientStep next, Observer observer, Clock clock, String target) {
    this.next = next;
    this.observer = observer;
    this.watched = !observer.equals(Observer.NONE);
    this.clock = clock;
    this.target = target;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    Observation observation =
        observer.begin(
            new Observer.Activity(
                Observer.Kind.CLIENT,
                call.method().fullName(),
                call.context(),
                watched ? attributes(call) : Map.of()));
    observation.context().trace().ifPresent(call.trail()::trace);
    Watched watched = new Watched(observation, call);
    return watched.begin(call.with(observation.context().withObservation(observation)));
  }

  private Map<String, String> attributes(OutgoingCall call) {
    return Map.of(
        "rpc.system", "grpc",
        "rpc.service", call.method().service(),
        "rpc.method", call.method().name(),
        "peer.service", target,
        "concordat.attempt", Integer.toString(call.context().attempt()));
  }

  private final class Watched implements OngoingCall {
    private final Observation observation;
    private final Attempt record;
    private final String method;
    private final boolean single;
    private final long since;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable OngoingCall attempt;

    Watched(Observation observation, OutgoingCall call) {
      this.observation = observation;
      this.record = call.attempt();
      this.method = call.method().fullName();
      this.single = !call.method().descriptor().isServerStreaming();
      this.since = clock.nanos();
    }

    OngoingCall begin(OutgoingCall call) {
      return seeing(() -> {
        attempt = next.open(call);
        return this;
      });
    }

    @Override
    public void begun() {
      seeing(() -> {
        attempt().begun();
        return true;
      });
    }

    @Override
    public Optional<byte[]> next() {
      Optional<byte[]> message = seeing(() -> attempt().next());
      if (message.isEmpty() || single) {
        end("OK", null);
      }
      return message;
    }

    @Override
    public void send(byte[] message) {
      attempt().send(message);
    }

    @Override
    public void finish() {
      attempt().finish();
    }

    @Override
    public Reach reach() {
      return attempt().reach();
    }

    @Override
    public boolean replayed() {
      return attempt().replayed();
    }

    @Override
    public void close() {
      attempt().close();
      end(Code.CANCELLED.name(), null);
    }

    private OngoingCall attempt() {
      return Objects.requireNonNull(attempt, "begun");
    }

    private <T> T seeing(Supplier<T> body) {
      try {
        return body.get();
      } catch (Failure failure) {
        end(failure.code().name(), failure);
        throw failure;
      }
    }

    private void end(String code, @Nullable Failure failure) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      long nanos = clock.nanos();
      if (failure == null && !code.equals("OK")) {
        record.left(nanos);
      } else {
        record.ended(failure, nanos);
      }
      observation.set("rpc.response.status_code", code);
      if (failure != null) {
        observation.failed(failure);
      }
      observation.close();
      if (!watched) {
        return;
      }
      observer.record(
          "rpc.client.call.duration",
          (nanos - since) / 1e9,
          Map.of("rpc.method", method, "rpc.response.status_code", code));
    }
  }
}
