package dev.concordat.bench.simulation;

import dev.concordat.core.Priority;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.random.RandomGenerator;

/// Calls that come whether or not the ones before were answered (an open loop, Poisson). One in ten
/// is of high priority, two are of low.
///
/// Threads: one.
final class Load {
  private static final double HIGH = 0.1;
  private static final double LOW = 0.3;

  private final World world;
  private final List<Service> clients;
  private final Tally tally;
  private final RandomGenerator random;
  private long budget = Timeline.SECOND;
  private double unsafe;
  private int turn;

  /// @param clients asked in turn
  Load(World world, List<Service> clients, Tally tally) {
    this.world = world;
    this.clients = List.copyOf(clients);
    this.tally = tally;
    this.random = world.random("load");
  }

  /// What a caller is willing to wait; later answers are as good as none. Default 1 s.
  Load withBudget(long nanos) {
    budget = nanos;
    return this;
  }

  /// This share of the calls must not be worked on twice. Default none.
  Load withUnsafe(double share) {
    unsafe = share;
    return this;
  }

  /// Begins.
  ///
  /// @param rate calls per second, by the time in nanoseconds
  /// @param end no call begins from then on
  void start(LongToDoubleFunction rate, long end) {
    double gap = -StrictMath.log(1 - random.nextDouble());
    long now = world.timeline().nanos();
    long next = now + (long) (gap / rate.applyAsDouble(now) * Timeline.SECOND);
    if (next < end) {
      world
          .timeline()
          .at(
              next,
              () -> {
                call();
                start(rate, end);
              });
    }
  }

  private void call() {
    long begun = world.timeline().nanos();
    Priority priority = priority(random.nextDouble());
    Ask ask = new Ask(begun + budget, priority, random.nextDouble() >= unsafe);
    Tally.Entry entry = tally.begun(priority, budget);
    turn = (turn + 1) % clients.size();
    clients.get(turn).ask(ask, answer -> entry.ended(answer.ok()));
  }

  private static Priority priority(double drawn) {
    if (drawn < HIGH) {
      return Priority.HIGH;
    }
    return drawn < LOW ? Priority.LOW : Priority.NORMAL;
  }
}
