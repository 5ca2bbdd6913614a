package dev.concordat.calls.protect;

import java.time.Duration;

/// Whether one instance is to be left alone: closed while it does well, open for a while after it
/// has failed too often, half-open until a few trials have gone well.
///
/// It does not open by itself. It says that it would, and its owner, who sees the other instances
/// too, opens it or not: an instance that fails as often as all the others is no reason to send
/// them its calls.
///
/// Threads: one at a time; the owner sees to it.
///
/// Source: Release It! (Nygard); Envoy's outlier detection.
public final class Breaker {
  /// Where it stands.
  public enum State {
    /// Calls go through.
    CLOSED,
    /// No call goes through.
    OPEN,
    /// One call at a time goes through, as a trial.
    HALF_OPEN
  }

  private static final long SECOND = 1_000_000_000L;
  private static final int SECONDS = 10;
  private static final int DOUBLINGS = 20;

  private final Breaking options;
  private final int[] calls = new int[SECONDS];
  private final int[] failures = new int[SECONDS];
  private long second;
  private int inARow;
  private int times;
  private int trialsLeft;
  private boolean open;
  private long openUntil;
  private long closedAt;

  /// @param now in [dev.concordat.core.Clock#nanos()], like every instant here
  public Breaker(Breaking options, long now) {
    this.options = options;
    this.second = Math.floorDiv(now, SECOND);
    this.closedAt = now;
  }

  /// Where it stands at this moment.
  public State state(long now) {
    if (!open) {
      return State.CLOSED;
    }
    return now - openUntil < 0 ? State.OPEN : State.HALF_OPEN;
  }

  /// A call went well.
  ///
  /// @return true when this closed it
  public boolean well(long now) {
    count(now, 0);
    inARow = 0;
    if (state(now) == State.HALF_OPEN && --trialsLeft <= 0) {
      open = false;
      closedAt = now;
      forget();
      return true;
    }
    return false;
  }

  /// A call failed in a way that the instance is to be blamed for.
  ///
  /// @return true when it would open now
  public boolean failed(long now) {
    count(now, 1);
    inARow++;
    return switch (state(now)) {
      case OPEN -> false;
      case HALF_OPEN -> true;
      case CLOSED -> inARow >= options.consecutive() || tooMany(now);
    };
  }

  /// Opens: the longer, the oftener it was opened before. What it did well for as long as it was
  /// out the last time makes it a first time again.
  public void open(long now) {
    if (!open && times > 0 && now - closedAt > pause().toNanos()) {
      times = 0;
    }
    times++;
    open = true;
    openUntil = now + pause().toNanos();
    trialsLeft = options.trials();
    inARow = 0;
  }

  /// How often in a row it was opened.
  public int times() {
    return times;
  }

  /// When trials begin, in nanoseconds; means something while it is open.
  public long openUntil() {
    return openUntil;
  }

  /// Calls that have ended within the last 10 s.
  public int calls(long now) {
    turn(now);
    return sum(calls);
  }

  /// How many of those failed.
  public int failures(long now) {
    turn(now);
    return sum(failures);
  }

  private boolean tooMany(long now) {
    int all = calls(now);
    return all >= options.volume() && failures(now) >= options.share() * all;
  }

  private Duration pause() {
    Duration pause = options.pause().multipliedBy(1L << Math.clamp(times - 1, 0, DOUBLINGS));
    return pause.compareTo(options.longest()) > 0 ? options.longest() : pause;
  }

  private void count(long now, int failed) {
    turn(now);
    int slot = slot();
    calls[slot]++;
    failures[slot] += failed;
  }

  private void turn(long now) {
    long today = Math.floorDiv(now, SECOND);
    for (long passed = 0; second < today && passed < SECONDS; passed++) {
      second++;
      calls[slot()] = 0;
      failures[slot()] = 0;
    }
    second = Math.max(second, today);
  }

  private void forget() {
    java.util.Arrays.fill(calls, 0);
    java.util.Arrays.fill(failures, 0);
  }

  private int slot() {
    return (int) Math.floorMod(second, (long) SECONDS);
  }

  private static int sum(int[] slots) {
    int sum = 0;
    for (int slot : slots) {
      sum += slot;
    }
    return sum;
  }
}
