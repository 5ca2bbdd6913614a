package dev.concordat.bench.work;

/// A queue of one contestant, on which nobody works before [#start()].
public interface Queueing {
  /// Asks for these tasks in one transaction, in the contestant's fastest way.
  void ask(long first, int count) throws Exception;

  /// Begins to work: each task is [Ledger#done(long)].
  void start() throws Exception;

  /// Works no more, until it begins again.
  void stop() throws Exception;

  /// Counts what is asked for and not yet acknowledged for good; a number above 10,000 may be too
  /// small.
  long left() throws Exception;
}
