package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DrillClient;
import dev.concordat.bench.drill.v1.LookRequest;
import dev.concordat.bench.drill.v1.StrikeRequest;
import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.discovery.Registry;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.Tls;
import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.core.Termination;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Calls the drills' service at a constant rate, whether or not the calls before were answered (an
/// open loop), as a process of its own. Every second call must not happen twice.
///
/// It says `calls 1200 failed 0` once a second, and at the end `over calls … failed … slowest …`
/// and one line for each kind of failure.
final class CallingProcess {
  private static final Duration GRACE = Duration.ofSeconds(35);
  private static final int WORK_MS = 20;

  private final DrillClient client;
  private final PrintStream parent;
  private final Background threads = new Background("load");
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowest = new AtomicLong();
  private final Map<String, Long> failures = new ConcurrentHashMap<>();

  private CallingProcess(DrillClient client, PrintStream parent) {
    this.client = client;
    this.parent = parent;
  }

  /// Calls until SIGTERM or the end of standard input.
  ///
  /// @param arguments JDBC URL of the registry's database, calls per second, and the folder of the
  ///   certificates if the calls are to be secured
  static void main(String[] arguments) {
    PrintStream parent = OwnProcess.parent();
    Termination termination = Termination.expect();
    int code = 1;
    try (Registry registry = Registry.open(Postgres.source(arguments[0]))) {
      CallsOptions options = CallsOptions.of("drill-load", registry);
      int rate = Integer.parseInt(arguments[1]);
      if (arguments.length == 2) {
        run(options, rate, parent, termination);
      } else {
        try (Tls tls = Tls.open(PemFiles.in(Path.of(arguments[2])))) {
          run(options.withTls(tls), rate, parent, termination);
        }
      }
      code = 0;
    } finally {
      termination.over(code);
    }
  }

  private static void run(
      CallsOptions options, int rate, PrintStream parent, Termination termination) {
    try (Calls calls = Calls.open(options)) {
      CallingProcess load = new CallingProcess(calls.client(DrillClient.FACTORY), parent);
      load.client.look(LookRequest.getDefaultInstance()); // classes are loaded, somebody is there
      parent.println("ready");
      Thread pace = load.threads.start("pace", () -> load.call(rate));
      termination.askAfter(ServingProcess::inputEnds);
      termination.await();
      load.end(pace);
    }
  }

  private void call(int rate) {
    long gap = Duration.ofSeconds(1).toNanos() / rate;
    long begun = System.nanoTime();
    for (long turn = 1; !Thread.currentThread().isInterrupted(); turn++) {
      boolean safe = turn % 2 == 0;
      threads.start("call", () -> once(safe));
      if (turn % rate == 0) {
        parent.println("calls " + answered.get() + " failed " + failed.get());
      }
      if (!sleptUntil(begun + turn * gap)) {
        return;
      }
    }
  }

  private static boolean sleptUntil(long instant) {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, instant - System.nanoTime())));
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void once(boolean safe) {
    long begun = System.nanoTime();
    try {
      if (safe) {
        client.look(LookRequest.getDefaultInstance());
      } else {
        client.strike(StrikeRequest.newBuilder().setWorkMs(WORK_MS).build());
      }
      answered.incrementAndGet();
    } catch (Failure failure) {
      failed.incrementAndGet();
      String kind = failure.code() + " " + failure.details().reason() + ": " + failure.message();
      if (failures.size() < 20) {
        failures.merge((safe ? "Look " : "Strike ") + kind, 1L, Long::sum);
      }
    }
    slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
  }

  private void end(Thread pace) {
    pace.interrupt();
    threads.stop(GRACE);
    parent.printf(
        "over calls %d failed %d slowest %d%n",
        answered.get() + failed.get(), failed.get(), Duration.ofNanos(slowest.get()).toMillis());
    new TreeMap<>(failures).forEach((kind, count) -> parent.println(count + "× " + kind));
  }
}
