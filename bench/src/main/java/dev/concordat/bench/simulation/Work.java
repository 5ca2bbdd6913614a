package dev.concordat.bench.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The work at the end of a call: it needs one of a few slots (think of cores, or connections to a
/// database) for a while; who finds none waits in order.
///
/// A piece of work takes half of the mean and an exponential time with the other half as its mean.
///
/// Threads: one.
final class Work implements Service {
  private final Timeline timeline;
  private final RandomGenerator random;
  private final Manners manners;
  private final int slots;
  private final long mean;
  private final Deque<Job> waiting = new ArrayDeque<>();
  private int busy;
  private double slowness = 1;
  private double failing;
  private long wasted;
  private long worked;

  /// @param slots how much is worked on at once
  /// @param mean nanoseconds
  Work(Timeline timeline, RandomGenerator random, Manners manners, int slots, long mean) {
    this.timeline = timeline;
    this.random = random;
    this.manners = manners;
    this.slots = slots;
    this.mean = mean;
  }

  /// From now on it takes this many times as long.
  void slow(double factor) {
    slowness = factor;
  }

  /// From now on this share fails, at once.
  void fail(double share) {
    failing = share;
  }

  /// Nanoseconds of slots spent for callers that had gone when the work was done.
  long wasted() {
    return wasted;
  }

  /// Nanoseconds of slots spent in all.
  long worked() {
    return worked;
  }

  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    if (failing > 0 && random.nextDouble() < failing) {
      done.accept(Answer.FAILED);
      return;
    }
    Job job = new Job(ask, done);
    if (manners.interrupts()) {
      ask.whenOver(() -> interrupt(job));
    }
    if (busy < slots) {
      begin(job);
    } else {
      waiting.add(job);
    }
  }

  private void begin(Job job) {
    busy++;
    job.running = true;
    job.begun = timeline.nanos();
    double time = mean * slowness * (0.5 - 0.5 * StrictMath.log(1 - random.nextDouble()));
    timeline.after((long) time, () -> end(job));
  }

  /// The caller has gone: a thread that waits or works is interrupted.
  private void interrupt(Job job) {
    if (job.running) {
      end(job);
    } else if (!job.ended) {
      job.ended = true;
      job.done.accept(Answer.LATE);
    }
  }

  private void end(Job job) {
    if (job.ended) {
      return;
    }
    job.ended = true;
    job.running = false;
    busy--;
    long took = timeline.nanos() - job.begun;
    worked += took;
    if (job.ask.over() || timeline.nanos() > job.ask.deadline()) {
      wasted += took;
    }
    job.done.accept(Answer.OK);
    next();
  }

  private void next() {
    while (busy < slots && !waiting.isEmpty()) {
      Job job = waiting.remove();
      if (job.ended) {
        continue;
      }
      boolean gone = job.ask.over() || timeline.nanos() >= job.ask.deadline();
      if (gone && manners.knowsDeadline()) {
        job.done.accept(Answer.LATE);
      } else {
        begin(job);
      }
    }
  }

  private static final class Job {
    private final Ask ask;
    private final Consumer<Answer> done;
    private long begun;
    private boolean running;
    private boolean ended;

    Job(Ask ask, Consumer<Answer> done) {
      this.ask = ask;
      this.done = done;
    }
  }
}
