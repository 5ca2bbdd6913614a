package dev.concordat.calls.balance;

/// The share of calls that went well lately: each call counts one eighth, and failures are
/// forgotten with time, so that an instance that is asked no more for failing is asked again some
/// day.
///
/// Threads: one at a time.
final class SuccessRate {
  private static final double FORGETTING = 0.125;
  private static final double SPOTLESS = 0.9999;

  private final double decay;
  private double value = 1;
  private long at;

  SuccessRate(double decayNanos) {
    this.decay = decayNanos;
  }

  void well(long now) {
    count(1, now);
  }

  void failed(long now) {
    count(0, now);
  }

  double at(long now) {
    return value >= SPOTLESS ? 1 : 1 - (1 - value) * Math.exp((at - now) / decay);
  }

  /// As if nothing had been seen.
  void forget() {
    value = 1;
  }

  private void count(double outcome, long now) {
    double before = at(now);
    value = before + (outcome - before) * FORGETTING;
    at = now;
  }
}
