package dev.concordat.service;

import dev.concordat.core.Failure;
import dev.concordat.core.Termination;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/// One part as a process of its own, from its start to SIGTERM.
final class OwnProcess {
  private static final Logger LOG = System.getLogger(OwnProcess.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final String name;
  private final Part.Start start;

  OwnProcess(String name, Part.Start start) {
    this.name = name;
    this.start = start;
  }

  /// Runs until the end.
  ///
  /// @return the exit code
  int run() {
    Termination termination = Termination.expect();
    int code = 1;
    try (Running running = start.start(Environment.of(name, System.getenv()))) {
      LOG.log(Level.INFO, name + " answers on port " + running.port());
      termination.await();
      running.stop(GRACE);
      LOG.log(Level.INFO, name + " has stopped");
      code = 0;
    } catch (Failure e) {
      LOG.log(Level.ERROR, name + " did not start: " + e.message(), e);
    } catch (Exception e) {
      LOG.log(Level.ERROR, name + " did not start", e);
    } finally {
      termination.over(code);
    }
    return code;
  }
}
