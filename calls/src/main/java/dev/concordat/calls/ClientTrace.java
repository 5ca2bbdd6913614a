package dev.concordat.calls;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One observation for each attempt, from its beginning until its last message.
final class ClientTrace implements ClientStep {
  private final ClientStep next;
  private final Observer observer;
  private final Clock clock;
  private final String target;

  ClientTrace(ClientStep next, Observer observer, Clock clock, String target) {
    this.next = next;
    this.observer = observer;
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
                Map.of(
                    "rpc.system", "grpc",
                    "rpc.service", call.method().service(),
                    "rpc.method", call.method().name(),
                    "peer.service", target,
                    "concordat.attempt", Integer.toString(call.context().attempt()))));
    Watched watched = new Watched(observation, call);
    try {
      return watched.around(
          next.open(call.with(observation.context().withObservation(observation))));
    } catch (Failure failure) {
      watched.end(failure.code().name(), failure);
      throw failure;
    }
  }

  private final class Watched {
    private final Observation observation;
    private final String method;
    private final boolean single;
    private final long since;
    private final AtomicBoolean ended = new AtomicBoolean();

    Watched(Observation observation, OutgoingCall call) {
      this.observation = observation;
      this.method = call.method().fullName();
      this.single = !call.method().descriptor().isServerStreaming();
      this.since = clock.nanos();
    }

    void end(String code, @Nullable Failure failure) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      observation.set("rpc.response.status_code", code);
      if (failure != null) {
        observation.failed(failure);
      }
      observation.close();
      observer.record(
          "rpc.client.call.duration",
          (clock.nanos() - since) / 1e9,
          Map.of("rpc.method", method, "rpc.response.status_code", code));
    }

    OngoingCall around(OngoingCall call) {
      return new OngoingCall() {
        @Override
        public void begun() {
          try {
            call.begun();
          } catch (Failure failure) {
            end(failure.code().name(), failure);
            throw failure;
          }
        }

        @Override
        public Optional<byte[]> next() {
          try {
            Optional<byte[]> message = call.next();
            if (message.isEmpty() || single) {
              end("OK", null);
            }
            return message;
          } catch (Failure failure) {
            end(failure.code().name(), failure);
            throw failure;
          }
        }

        @Override
        public void send(byte[] message) {
          call.send(message);
        }

        @Override
        public void finish() {
          call.finish();
        }

        @Override
        public Reach reach() {
          return call.reach();
        }

        @Override
        public boolean replayed() {
          return call.replayed();
        }

        @Override
        public void close() {
          call.close();
          end(Code.CANCELLED.name(), null);
        }
      };
    }
  }
}
