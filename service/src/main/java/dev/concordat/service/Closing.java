package dev.concordat.service;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// What is to be undone when a part stops: the last that was begun first, and each of them whatever
/// becomes of the others.
final class Closing {
  private static final Logger LOG = System.getLogger(Closing.class.getName());

  private final String name;
  private final Deque<Step> steps = new ArrayDeque<>();

  Closing(String name) {
    this.name = name;
  }

  private record Step(String what, Consumer<Duration> stop) {}

  /// Remembers something that was opened.
  <T extends AutoCloseable> T opened(String what, T resource) {
    begun(
        what,
        grace -> {
          try {
            resource.close();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return resource;
  }

  /// Remembers something that was begun and can be given time to end.
  synchronized void begun(String what, Consumer<Duration> stop) {
    steps.push(new Step(what, stop));
  }

  /// Ends everything. A second call finds nothing to do.
  ///
  /// @param grace for each of them
  synchronized void end(Duration grace) {
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        step.stop().accept(grace);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, name + ": stopping " + step.what() + " failed", e);
      }
    }
  }
}
