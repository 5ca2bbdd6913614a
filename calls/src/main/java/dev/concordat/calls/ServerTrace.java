package dev.concordat.calls;

import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import java.util.Map;

/// One observation for each call, refused ones included.
final class ServerTrace implements ServerStep {
  private final ServerStep next;
  private final Observer observer;

  /// Nobody else would read what is collected for every call.
  private final boolean watched;

  private final Clock clock;
  private final String service;

  ServerTrace(ServerStep next, Observer observer, Clock clock, String service) {
    this.next = next;
    this.observer = observer;
    this.watched = !observer.equals(Observer.NONE);
    this.clock = clock;
    this.service = service;
  }

  @Override
  public void serve(ArrivedCall call) {
    long since = clock.nanos();
    String code = "OK";
    Observation observation =
        observer.begin(
            new Observer.Activity(
                Observer.Kind.SERVER,
                call.method().fullName(),
                call.context(),
                watched ? attributes(call) : Map.of()));
    try {
      next.serve(call.with(observation.context().withObservation(observation)));
    } catch (Failure failure) {
      code = failure.code().name();
      observation.set("concordat.decided_by", failure.details().decidedBy());
      observation.failed(failure);
      throw failure;
    } finally {
      observation.set("rpc.response.status_code", code);
      observation.close();
      if (watched) {
        observer.record(
            "rpc.server.call.duration",
            (clock.nanos() - since) / 1e9,
            Map.of("rpc.method", call.method().fullName(), "rpc.response.status_code", code));
      }
    }
  }

  private Map<String, String> attributes(ArrivedCall call) {
    return Map.of(
        "rpc.system",
        "grpc",
        "rpc.service",
        call.method().service(),
        "rpc.method",
        call.method().name(),
        "concordat.service",
        service);
  }
}
