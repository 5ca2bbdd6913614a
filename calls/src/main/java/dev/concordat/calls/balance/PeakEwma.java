package dev.concordat.calls.balance;

/// How long one instance takes to answer, in nanoseconds: rises to a slow answer at once, and
/// forgets it with time.
///
/// Threads: one at a time.
///
/// Source: Finagle's `PeakEwma`.
final class PeakEwma {
  private final double decay;
  private double value;
  private long at;
  private boolean known;

  PeakEwma(double decayNanos) {
    this.decay = decayNanos;
  }

  /// It answered.
  void answered(double nanos, long now) {
    if (!known || nanos > value) {
      value = nanos;
    } else {
      double old = Math.exp((at - now) / decay);
      value = value * old + nanos * (1 - old);
    }
    known = true;
    at = now;
  }

  /// It took at least this long and gave no answer: a failure, however fast, is no reason to ask it
  /// more.
  void took(double nanos, long now, double usual) {
    value = Math.max(nanos, at(now, usual));
    known = true;
    at = now;
  }

  /// What it takes now. Without new answers, what was slow is forgotten towards what is usual for
  /// all, and so is tried again some day.
  double at(long now, double usual) {
    if (!known) {
      return usual;
    }
    if (value <= usual) {
      return value;
    }
    return usual + (value - usual) * Math.exp((at - now) / decay);
  }

  /// As if nothing had been seen.
  void forget() {
    known = false;
  }

  boolean known() {
    return known;
  }
}
