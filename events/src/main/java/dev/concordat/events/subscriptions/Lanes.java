package dev.concordat.events.subscriptions;

import dev.concordat.core.Background;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// One lane per key: what is sent into a lane happens one after the other, lanes run side by side.
/// A lane exists while it has something to do, on a virtual thread of its own.
final class Lanes {
  private static final Logger LOG = System.getLogger("dev.concordat.events");

  private final Background background;
  private final Semaphore places;
  private final Map<String, Queue<Runnable>> lanes = new HashMap<>();
  private int waiting;

  /// @param parallel how many lanes work at once
  Lanes(Background background, int parallel) {
    this.background = background;
    this.places = new Semaphore(parallel, true);
  }

  /// Sends work into the lane of a key.
  void send(String key, Runnable work) {
    synchronized (lanes) {
      Queue<Runnable> lane = lanes.get(key);
      if (lane != null) {
        lane.add(work);
      } else {
        Queue<Runnable> opened = new ArrayDeque<>();
        opened.add(work);
        lanes.put(key, opened);
        background.start("lane", () -> drain(key, opened));
      }
      waiting++;
    }
  }

  /// Work that was sent and has not ended.
  int size() {
    synchronized (lanes) {
      return waiting;
    }
  }

  private void drain(String key, Queue<Runnable> lane) {
    Runnable work = next(key, lane);
    while (work != null) {
      places.acquireUninterruptibly();
      try {
        work.run();
      } catch (RuntimeException e) {
        // A lane that ended here would hold what is sent into it for ever.
        LOG.log(Level.ERROR, "work in the lane of a key failed", e);
      } finally {
        places.release();
        ended();
      }
      work = next(key, lane);
    }
  }

  private @Nullable Runnable next(String key, Queue<Runnable> lane) {
    synchronized (lanes) {
      Runnable work = lane.poll();
      if (work == null) {
        lanes.remove(key);
      }
      return work;
    }
  }

  private void ended() {
    synchronized (lanes) {
      waiting--;
    }
  }
}
