package dev.concordat.events.tasks;

import dev.concordat.contract.Queue;
import dev.concordat.core.Clock;
import dev.concordat.events.Parts;
import org.jspecify.annotations.Nullable;

/// Where one worker gets its tasks from: claims in batches, from the floor that is due.
///
/// Threads: one, the claim loop.
final class TaskSource {
  private final Parts parts;
  private final Queue<?> queue;
  private final Clock clock;
  private @Nullable Floors floors;
  private final Shares shares = new Shares();

  TaskSource(Parts parts, Queue<?> queue) {
    this.parts = parts;
    this.queue = queue;
    this.clock = parts.clock();
  }

  /// Claims at most so many.
  TaskClaims.Claim claim(int wanted) {
    Floors floors = floors();
    long began = clock.nanos();
    Floors.From from = floors.next(began);
    Shares.Turn turn = shares.next(wanted);
    TaskClaims.Wish wish =
        new TaskClaims.Wish(queue, wanted, turn, floors.places(from), parts.instance());
    TaskClaims.Claim claim =
        parts
            .database()
            .transact(c -> {
              Plans.byIndex(c);
              return TaskBounds.claim(c, wish);
            });
    if (claim.pause().isZero()) {
      long ended = clock.nanos();
      floors.looked(from, claim.look(), ended - began, ended);
      shares.claimed(turn, claim.counts());
    }
    if (claim.aside() > 0) {
      clear(floors.places(from));
    }
    return claim;
  }

  private Floors floors() {
    Floors known = floors;
    if (known == null) {
      Places low = parts.database().read(c -> LowWater.newest(c, queue.name())).places();
      known = new Floors(clock.nanos(), low);
      floors = known;
    }
    return known;
  }

  private void clear(Places from) {
    for (int priority = 0; priority < Places.PRIORITIES; priority++) {
      int rank = priority;
      parts.database().transact(c -> TaskClaims.clear(c, queue.name(), rank, from.of(rank)));
    }
  }
}
