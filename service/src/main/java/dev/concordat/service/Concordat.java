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

  /// A part that asks services and is none itself.
  ///
  /// @param name in whose name it asks, for example `edge`
  public static Visitor visitor(String name, Environment environment) {
    return new Visitor(name, environment);
  }

  /// Runs one part as a process of its own, until SIGTERM: where it runs is read from environment
  /// variables, see [Environment#of]. Work under way gets 10 seconds to end, then the process exits
  /// with 0; with 1 when the part did not start.
  ///
  /// ```java
  /// static void main() {
  ///   Concordat.run("orders", OrdersService::start);
  /// }
  /// ```
  public static void run(String name, Part.Start start) {
    System.exit(new OwnProcess(name, start).run());
  }
}
