package dev.concordat.bench.drill.events;

import dev.concordat.core.Clock;
import java.time.Duration;
import java.time.Instant;

/// The machine's clock, whose time of day jumps on command.
final class ShiftedClock implements Clock {
  private volatile Duration shift = Duration.ZERO;

  void shift(Duration shift) {
    this.shift = shift;
  }

  @Override
  public Instant now() {
    return Clock.SYSTEM.now().plus(shift);
  }

  @Override
  public long nanos() {
    return Clock.SYSTEM.nanos();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Clock.SYSTEM.sleep(duration);
  }
}
