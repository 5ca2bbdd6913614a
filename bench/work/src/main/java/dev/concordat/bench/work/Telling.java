package dev.concordat.bench.work;

/// Events of one contestant, delivered from the making of this until the process ends.
public interface Telling {
  /// One transaction that inserts an order and tells of it; see [Ledger#order]. Returns once it is
  /// committed.
  ///
  /// Threads: safe for many.
  void tell(long order) throws Exception;
}
