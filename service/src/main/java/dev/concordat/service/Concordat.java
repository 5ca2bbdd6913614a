package dev.concordat.service;

import dev.concordat.contract.Owner;

/// Where everything begins.
public final class Concordat {
  private Concordat() {}

  /// A service, wired but not started.
  ///
  /// Failure: a database that cannot be reached throws [dev.concordat.core.Failure] with
  /// `UNAVAILABLE`, after 10 seconds of trying.
  ///
  /// @param owner who it is; the generated owner class has it, for example `OrdersOwner.OWNER`
  /// @param environment where it runs
  public static <O extends Owner> Service<O> service(O owner, Environment environment) {
    return new Service<>(owner, environment);
  }
}
