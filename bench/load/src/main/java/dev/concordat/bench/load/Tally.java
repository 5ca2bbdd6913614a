package dev.concordat.bench.load;

import java.util.concurrent.atomic.LongAdder;

/// Counts calls, good ones and failed ones. A failed call does not end the measurement: what it was
/// is printed, once, and how many there were is a figure.
final class Tally {
  private final LongAdder good = new LongAdder();
  private final LongAdder failed = new LongAdder();

  long good() {
    return good.sum();
  }

  long failed() {
    return failed.sum();
  }

  /// Makes one call.
  ///
  /// @return whether it was answered with what it asked
  boolean call(Asking client) {
    try {
      String answer = client.echo(Contender.TEXT);
      if (!answer.equals(Contender.TEXT)) {
        throw new IllegalStateException("a wrong answer: " + answer);
      }
      good.increment();
      return true;
    } catch (RuntimeException e) {
      if (failed.sum() == 0) {
        e.printStackTrace();
      }
      failed.increment();
      return false;
    }
  }
}
