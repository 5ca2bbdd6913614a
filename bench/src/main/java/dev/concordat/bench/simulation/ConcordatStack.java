package dev.concordat.bench.simulation;

import dev.concordat.calls.protect.AdaptiveLimit;
import dev.concordat.calls.protect.Admission;

/// Concordat with its defaults.
final class ConcordatStack implements Stack {
  @Override
  public String name() {
    return "Concordat";
  }

  @Override
  public String key() {
    return "concordat";
  }

  @Override
  public Manners manners() {
    return new Manners(true, true);
  }

  /// As `ServerAdmission` does it.
  @Override
  public Door admission(World world, String address) {
    AdaptiveLimit limit = new AdaptiveLimit(Admission.DEFAULT, world.timeline());
    return priority -> limit.enter(priority).map(place -> place::leave);
  }

  @Override
  public Service client(World world, String name, Fleet fleet) {
    return new ConcordatClient(world, name, fleet);
  }

  @Override
  public long handDown(long deadline) {
    return deadline;
  }
}
