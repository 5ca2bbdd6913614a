package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.OwnProcess;
import dev.concordat.core.Termination;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// One process of till or books.
final class RoleProcess {

  private final Scene scene;
  private final Role role;
  private final Termination termination;
  private final PrintStream parent;
  private final ShiftedClock clock = new ShiftedClock();

  private RoleProcess(Scene scene, Role role, Termination termination, PrintStream parent) {
    this.scene = scene;
    this.role = role;
    this.termination = termination;
    this.parent = parent;
  }

  /// Works until SIGTERM or the end of standard input.
  ///
  /// @param arguments role and scene
  static void main(String[] arguments) {
    PrintStream parent = OwnProcess.parent();
    Termination termination = Termination.expect();
    int code = 1;
    List<String> words = Arrays.asList(arguments);
    try {
      Scene scene = Scene.of(words.subList(1, words.size()));
      code = new RoleProcess(scene, Role.valueOf(words.getFirst()), termination, parent).run();
    } catch (RuntimeException e) {
      e.printStackTrace(System.err);
    } finally {
      termination.over(code);
    }
  }

  private int run() {
    Player player = Player.start(scene, role, clock, scene.seed() + ProcessHandle.current().pid());
    parent.println("ready");
    termination.askAfter(() -> listen(player));
    termination.await();
    return player.stop() ? 0 : 3;
  }

  /// Lines of the parent: `shift PT1H` sets the clock, `heap` asks how much of the heap is in use
  /// after a collection, `exhaust PT8S` takes all connections of the pool. The end of the pipe ends
  /// the process.
  private void listen(Player player) {
    try {
      var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("shift ")) {
          clock.shift(Duration.parse(line.substring("shift ".length())));
        } else if (line.startsWith("exhaust ")) {
          player.exhaust(Duration.parse(line.substring("exhaust ".length())));
        } else if (line.equals("heap")) {
          System.gc();
          Runtime runtime = Runtime.getRuntime();
          parent.println(runtime.totalMemory() - runtime.freeMemory());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
