package dev.concordat.bench.simulation;

import java.util.function.Consumer;

/// Whatever can be asked: the work of a server, a server, or a client that asks others.
interface Service {
  /// Asks.
  ///
  /// @param done told once at most; never when nothing comes back
  void ask(Ask ask, Consumer<Answer> done);
}
