package dev.concordat.bench.work;

import java.util.List;

/// A log of one contestant.
public interface Streaming {
  /// Puts events into the log, as fast as it can; returns when they can be read.
  ///
  /// @param first the number of the first; each has the key number modulo `keys`
  void fill(long first, int events, int keys) throws Exception;

  /// Reads with new readers, each of which reads everything from a place on; what they read goes to
  /// the stage's [Order], in transactions that also hold where they are.
  ///
  /// @param sinceEpochMillis where they begin; 0 for the beginning
  /// @return ends them
  AutoCloseable read(List<String> names, long sinceEpochMillis) throws Exception;
}
