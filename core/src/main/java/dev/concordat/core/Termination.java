package dev.concordat.core;

import java.util.function.IntSupplier;

/// What a process does when it is told to end: by SIGTERM, by Ctrl-C, or by its last thread. The
/// one place where a shutdown hook is made.
public final class Termination {
  private Termination() {}

  /// Runs the work before the process ends, and ends it with the exit code that the work returns;
  /// the JVM alone would answer SIGTERM with 143.
  ///
  /// @param name of the thread that the work runs on
  public static void on(String name, IntSupplier work) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name(name)
                .unstarted(() -> Runtime.getRuntime().halt(work.getAsInt())));
  }
}
