package dev.concordat.events;

/// Hears where a saga's run is. Tests end the run there, as a crash would.
@FunctionalInterface
interface SagaProbe {
  SagaProbe NONE = point -> {};

  void reached(String point);
}
