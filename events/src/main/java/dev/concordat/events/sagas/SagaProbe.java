package dev.concordat.events.sagas;

/// Hears where a saga's run is. Tests end the run there, as a crash would.
@FunctionalInterface
public interface SagaProbe {
  SagaProbe NONE = point -> {};

  void reached(String point);
}
