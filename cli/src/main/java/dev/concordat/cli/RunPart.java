package dev.concordat.cli;

import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Termination;
import dev.concordat.service.Environment;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import dev.concordat.service.Running;
import dev.concordat.telemetry.LogOptions;
import dev.concordat.telemetry.Logs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The hidden command that runs one part as a process of its own; see [Child].
@Command(name = ChildJvm.COMMAND, hidden = true)
final class RunPart implements Callable<Integer> {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Plan plan;

  @Parameters(paramLabel = "NAME")
  private String name = "";

  RunPart(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() throws Exception {
    Part part =
        plan.part(name)
            .orElseThrow(() -> Refusal.because(plan.name() + " has no part \"" + name + "\""));
    // The pipe to the parent is for one line; whatever else is printed goes to the log.
    PrintStream parent = System.out;
    System.setOut(System.err);
    Logs.configure(LogOptions.fromEnvironment(System.getenv()).withService(name));
    Termination termination = Termination.expect();
    int code = 1;
    try (Background beside = new Background("meeting");
        Running running = part.start().start(Environment.of(name, System.getenv()))) {
      say(parent, ChildJvm.READY + running.port());
      beside.start("neighbours", () -> say(parent, ChildJvm.met(running.meet(ChildJvm.PATIENCE))));
      termination.askAfter(RunPart::parentIsGone);
      termination.await();
      running.stop(GRACE);
      code = 0;
    } finally {
      termination.over(code);
    }
    return code;
  }

  private static void say(PrintStream parent, String line) {
    parent.println(line);
    parent.flush();
  }

  /// Blocks until the parent closes its end of the pipe, on purpose or by dying.
  private static void parentIsGone() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw Failure.of(Code.UNAVAILABLE, "the pipe from the parent broke", e);
    }
  }
}
