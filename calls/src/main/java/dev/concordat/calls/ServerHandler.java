package dev.concordat.calls;

import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.TraceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Calls the implementation, in the context that it works in, and interrupts it when nobody waits
/// any more. What it throws beside [Failure] is a defect: it is logged here with the trace's id and
/// told to the caller without a word of its own.
final class ServerHandler implements ServerStep {
  private static final Logger LOG = System.getLogger(ServerHandler.class.getName());

  @Override
  public void serve(ArrivedCall call) {
    Context context = call.context().withoutIdempotencyKey().withAttempt(1);
    context.check();
    Interruption interruption = new Interruption(Thread.currentThread());
    Runnable forget = context.cancellation().onCancel(interruption::fire);
    call.reply().handling();
    try {
      context.run(() -> call.served().invoke(call));
    } catch (Failure failure) {
      throw told(failure, context);
    } catch (RuntimeException | Error e) {
      throw defect(e, call, context);
    } finally {
      forget.run();
      interruption.over();
    }
  }

  private static Failure told(Failure failure, Context context) {
    return context
        .cancellation()
        .reason()
        .map(Failure::here)
        .orElseGet(() ->
            failure.details().decidedBy().isEmpty()
                ? failure.with(failure.details().withDecidedBy("handler"))
                : failure);
  }

  private static Failure defect(Throwable e, ArrivedCall call, Context context) {
    if (context.cancellation().cancelled()) {
      return context.cancellation().reason().orElseThrow().here();
    }
    // What its own deadline has stopped (a statement, for example) may be here before the alarm.
    if (context.deadline().orElseThrow().expired()) {
      return ServerDeadline.passed("the deadline passed before the work was done");
    }
    String trace = context.trace().map(TraceContext::traceId).orElse("none");
    LOG.log(
        Level.ERROR,
        "call failed: method=%s trace=%s".formatted(call.method().fullName(), trace),
        e);
    return Failure.of(
            Code.INTERNAL, "the service has failed; its log says more under trace " + trace)
        .with(Failure.Details.NONE.withDecidedBy("handler"));
  }

  /// Interrupts the handler, but never the code that cleans up behind it: an interrupted virtual
  /// thread cannot talk to a database.
  private static final class Interruption {
    private final Thread thread;
    private boolean over;

    Interruption(Thread thread) {
      this.thread = thread;
    }

    synchronized void fire() {
      if (!over) {
        thread.interrupt();
      }
    }

    synchronized void over() {
      over = true;
      // What arrived while the handler returned is no longer meant for anybody.
      boolean _ = Thread.interrupted();
    }
  }
}
