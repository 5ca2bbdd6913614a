package dev.concordat.bench.simulation;

import java.util.List;

/// Something that goes wrong, and what is measured of it.
interface Scenario {
  /// All of them, in the order of the report.
  List<Scenario> ALL =
      List.of(
          new SlowEndpoint(),
          new BlackHole(),
          new LeafOutage(),
          new Overload(),
          new Flapping(),
          new RollingRestart(),
          new RegistryOutage(),
          new ColdStart(),
          new Recovery());

  /// What it is called on the command line, for example `slow-endpoint`.
  String name();

  /// What happens, in a few sentences.
  String story();

  /// Plays it once.
  Result play(long seed, Stack stack);
}
