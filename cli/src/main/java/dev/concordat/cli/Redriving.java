package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Background;
import dev.concordat.core.Exchange;
import dev.concordat.core.Failure;
import dev.concordat.core.Termination;
import dev.concordat.service.v1.DeadLettersClient;
import dev.concordat.service.v1.RedriveOrder;
import dev.concordat.service.v1.RedriveProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sends dead letters back, one service after the other, and shows how far it has come. Ctrl-C asks
/// the service to stop after the step that is under way; what it has done is said to the last one.
final class Redriving {
  private static final int STOPPED = 130;

  private final PrintWriter out;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private long planned;

  Redriving(PrintWriter out) {
    this.out = out;
  }

  /// Sends them, and waits until it is done or stopped.
  ///
  /// @param orders by service
  /// @return the exit code: 0 done, 1 some could not go back, 130 stopped
  int run(Calls calls, Map<String, RedriveOrder> orders) {
    Termination termination = Termination.expect();
    int code = 1;
    try {
      boolean refused = false;
      for (var order : orders.entrySet()) {
        if (!stopped.get()) {
          var letters = new DeadLettersClient(calls.caller(order.getKey()));
          refused |= redrive(order.getKey(), letters, order.getValue(), termination);
        }
      }
      long named = orders.values().stream().mapToLong(RedriveOrder::getDeadLetterIdsCount).sum();
      if (!stopped.get()) {
        refused |= DeadLetterLines.missing(named, planned, out);
      }
      code = stopped.get() ? STOPPED : refused ? 1 : 0;
      out.flush();
      return code;
    } finally {
      termination.over(code);
    }
  }

  private boolean redrive(
      String service, DeadLettersClient letters, RedriveOrder order, Termination termination) {
    try (Exchange<RedriveOrder, RedriveProgress> exchange = letters.redriveDeadLetters();
        Background waiting = new Background("ctrl-c")) {
      exchange.send(order);
      waiting.start("wait", () -> stopWhenAsked(exchange, termination));
      boolean refused = false;
      for (RedriveProgress progress : exchange) {
        DeadLetterLines.plan(service, progress.getPlanList(), out);
        planned += progress.getPlanCount() > 0 ? progress.getTotal() : 0;
        if (progress.getPlanCount() > 0 && order.getDryRun()) {
          out.println("  in this order: " + ids(service, progress));
        } else if (progress.getTotal() > 0 && progress.getPlanCount() == 0) {
          out.println(line(service, progress));
        }
        refused |= progress.getRefused() > 0;
        out.flush();
      }
      return refused;
    }
  }

  private void stopWhenAsked(Exchange<RedriveOrder, RedriveProgress> exchange, Termination end) {
    try {
      end.await();
      stopped.set(true);
      exchange.send(RedriveOrder.newBuilder().setStop(true).build());
    } catch (Failure e) {
      // It has ended by itself, and nobody has to be told.
      stopped.compareAndSet(false, false);
    }
  }

  private String line(String service, RedriveProgress progress) {
    String line =
        String.format(
            Locale.ROOT,
            "%s: %,d of %,d sent back",
            service,
            progress.getDone(),
            progress.getTotal());
    if (progress.getSkipped() > 0) {
      line += ", " + progress.getSkipped() + " by somebody else meanwhile";
    }
    if (progress.getRefused() > 0) {
      line += ", " + progress.getRefused() + " could not go back";
    }
    return progress.getFinished() && stopped.get() ? line + ", then stopped" : line;
  }

  private static String ids(String service, RedriveProgress progress) {
    String ids =
        String.join(
            " ", progress.getFirstIdsList().stream().map(id -> service + "/" + id).toList());
    int more = progress.getTotal() - progress.getFirstIdsCount();
    return more > 0 ? ids + " and " + more + " more" : ids;
  }
}
