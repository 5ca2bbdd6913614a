package dev.concordat.events.subscriptions;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One lane per key: what is sent into a lane happens one after the other. A limited number of
/// workers take from the lanes that have something to do, one job or several that may go together,
/// also of different lanes. A lane belongs to one worker at a time.
final class Lanes {
  private final Background background;
  private final int parallel;
  private final Crew crew;
  private final int few;
  private final Runnable low;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Deque<Lane> ready = new ArrayDeque<>();
  private final Set<Run> running = new HashSet<>();
  private int working;
  private int waiting;
  private boolean held;

  /// @param parallel how many workers
  /// @param low runs whenever no more than `few` jobs are left; must be short
  Lanes(Background background, int parallel, Crew crew, int few, Runnable low) {
    this.background = background;
    this.parallel = parallel;
    this.crew = crew;
    this.few = few;
    this.low = low;
  }

  /// What workers do.
  interface Crew {
    /// How many may go together at most.
    int size();

    /// How many may go together although other workers are idle.
    int handful();

    /// How long to wait for as many, in milliseconds; 0 for not at all.
    long patienceMillis();

    /// Whether a job may go together with others that begin with the first.
    boolean joins(Job first, Job job);

    /// Does one, to its end.
    void alone(Run run, Job job);

    /// Does several at once.
    ///
    /// @return how many, from the first on, are done; when it is none, each is then done alone
    int together(Run run, List<Job> jobs);

    /// Ends a job whose handler was left behind.
    void leftBehind(Job job);
  }

  private static final class Lane {
    private final String key;
    private final Deque<Job> jobs = new ArrayDeque<>();
    private boolean taken;
    private int alone;

    private Lane(String key) {
      this.key = key;
    }
  }

  /// Sends work into the lane of a key.
  void send(Job job) {
    synchronized (lanes) {
      Lane lane = lanes.computeIfAbsent(job.key(), Lane::new);
      lane.jobs.add(job);
      waiting++;
      if (!lane.taken && lane.jobs.size() == 1) {
        ready.add(lane);
      }
      lanes.notifyAll();
      hire();
    }
  }

  /// Work that was sent and has not ended.
  int size() {
    synchronized (lanes) {
      return waiting;
    }
  }

  /// Begins nothing more, or goes on.
  void hold(boolean hold) {
    synchronized (lanes) {
      held = hold;
      int idle = Math.min(parallel, ready.size());
      for (int i = 0; i < idle; i++) {
        hire();
      }
    }
  }

  /// Looks after handlers that take too long.
  ///
  /// @return how many were left behind
  int check(long now, long graceNanos) {
    List<Run> late;
    synchronized (lanes) {
      late = running.stream().filter(run -> run.check(now, graceNanos)).toList();
    }
    for (Run run : late) {
      background.start("lane", () -> replace(run));
    }
    return late.size();
  }

  private void hire() {
    if (!held && working < parallel && !ready.isEmpty()) {
      working++;
      try {
        background.start("lane", this::work);
      } catch (Failure e) {
        // Everything ends: what waits is fetched again by whoever comes next.
        working--;
      }
    }
  }

  private void work() {
    Run run = take();
    while (run != null) {
      int done = 0;
      try {
        done = attempt(run);
      } catch (Throwable e) {
        // A lane that ended here would hold what is sent into it for ever.
        run.jobs().forEach(job -> job.partition().fail(e));
        done = run.jobs().size();
      }
      if (run.leftBehind()) {
        return;
      }
      end(run, done);
      run = take();
    }
  }

  private int attempt(Run run) {
    if (run.jobs().size() > 1) {
      return crew.together(run, run.jobs());
    }
    crew.alone(run, run.jobs().getFirst());
    return 1;
  }

  /// Takes the place of a worker that was left behind.
  private void replace(Run run) {
    boolean one = run.jobs().size() == 1;
    if (one) {
      crew.leftBehind(run.jobs().getFirst());
    }
    end(run, one ? 1 : 0);
    work();
  }

  private @Nullable Run take() {
    synchronized (lanes) {
      gather();
      Lane first = held ? null : ready.poll();
      if (first == null) {
        working--;
        return null;
      }
      List<Job> jobs = new ArrayList<>();
      int share = Math.max(crew.handful(), Math.ceilDiv(waiting, parallel));
      int most = first.alone > 0 ? 1 : Math.min(crew.size(), share);
      take(first, jobs, Math.max(1, most));
      Deque<Lane> passed = new ArrayDeque<>();
      while (jobs.size() < most && !ready.isEmpty()) {
        Lane next = ready.poll();
        int before = jobs.size();
        if (next.alone == 0) {
          take(next, jobs, most);
        }
        if (jobs.size() == before) {
          passed.add(next);
        }
      }
      while (!passed.isEmpty()) {
        ready.addFirst(passed.removeLast());
      }
      Run run = new Run(List.copyOf(jobs));
      running.add(run);
      return run;
    }
  }

  /// Lets more come together, for a while.
  private void gather() {
    long end = System.nanoTime() + crew.patienceMillis() * 1_000_000;
    long left = crew.patienceMillis();
    try {
      while (left > 0 && !held && waiting < crew.size() && !background.stopping()) {
        lanes.wait(left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(Lane lane, List<Job> jobs, int most) {
    while (jobs.size() < most && !lane.jobs.isEmpty()) {
      Job next = lane.jobs.peek();
      if (!jobs.isEmpty() && !crew.joins(jobs.getFirst(), next)) {
        return;
      }
      jobs.add(lane.jobs.remove());
      lane.taken = true;
    }
  }

  private void end(Run run, int done) {
    synchronized (lanes) {
      running.remove(run);
      boolean many = waiting > few;
      waiting -= done;
      if (many && waiting <= few) {
        low.run();
      }
      for (Job job : run.jobs().subList(0, done)) {
        lane(job).alone = Math.max(0, lane(job).alone - 1);
      }
      for (Job job : run.jobs().subList(done, run.jobs().size()).reversed()) {
        lane(job).jobs.addFirst(job);
        lane(job).alone += done == 0 ? 1 : 0;
      }
      Set<Lane> of = new HashSet<>();
      run.jobs().forEach(job -> of.add(lane(job)));
      for (Lane lane : of) {
        lane.taken = false;
        if (lane.jobs.isEmpty()) {
          lanes.remove(lane.key);
        } else {
          ready.add(lane);
          hire();
        }
      }
    }
  }

  private Lane lane(Job job) {
    return lanes.computeIfAbsent(job.key(), Lane::new);
  }
}
