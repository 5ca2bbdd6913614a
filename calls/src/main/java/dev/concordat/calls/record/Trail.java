package dev.concordat.calls.record;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.contract.Method;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.TraceContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The decisions about one call, from the caller's question to its answer. Travels with the call
/// and is written step by step; nothing is formatted before somebody reads it.
///
/// Threads: attempts may be made by several at once; everything else is written by the caller's.
/// Read by any, which may see it half done.
public final class Trail {
  private static final Attempt[] NONE = {};

  private final Method<?, ?> method;
  private final String target;
  private final long begunNanos;
  private volatile Attempt[] attempts = NONE;
  private long budgetNanos;
  private String key = "";
  private @Nullable Trail shared;
  private boolean replayed;
  private boolean budgetEmpty;
  private double spareRetries = -1;
  private String outcome = "";
  private String decidedBy = "";
  private String message = "";
  private @Nullable TraceContext trace;
  private long endedNanos;
  private volatile boolean ended;
  private long number;

  /// @param target the name under which instances are found
  public Trail(Method<?, ?> method, String target, Clock clock) {
    this.method = method;
    this.target = target;
    this.begunNanos = clock.nanos();
  }

  /// The time that the call may take, in nanoseconds.
  public void deadline(long budgetNanos) {
    this.budgetNanos = budgetNanos;
  }

  /// The idempotency key that it carries; only its beginning is kept.
  public void key(String key) {
    this.key = key;
  }

  /// It joined a call that was under way already; that one's attempts are its own.
  public void coalesced(Trail other) {
    shared = other;
  }

  /// The answer was remembered by the callee.
  public void replayed() {
    replayed = true;
  }

  /// What the target's budget for more attempts had left when it was asked last.
  ///
  /// @param spare attempts that were left
  public void budget(boolean granted, double spare) {
    budgetEmpty = !granted;
    spareRetries = spare;
  }

  /// The trace that it is part of.
  public void trace(TraceContext trace) {
    this.trace = trace;
  }

  /// Another attempt begins.
  public Attempt begin(int number, boolean hedge, long waitNanos, long nanos) {
    Attempt attempt = new Attempt(number, hedge, waitNanos, nanos);
    synchronized (this) {
      Attempt[] more = new Attempt[attempts.length + 1];
      System.arraycopy(attempts, 0, more, 0, attempts.length);
      more[attempts.length] = attempt;
      attempts = more;
    }
    return attempt;
  }

  /// The attempt with this number, from 1; null when it has not begun.
  public @Nullable Attempt attempt(int number) {
    for (Attempt attempt : attempts) {
      if (attempt.number() == number) {
        return attempt;
      }
    }
    return null;
  }

  /// Whether an earlier attempt went to this instance.
  public boolean tried(Endpoint endpoint) {
    for (Attempt attempt : attempts) {
      if (endpoint.equals(attempt.endpoint())) {
        return true;
      }
    }
    return false;
  }

  /// It has ended; the first end counts.
  ///
  /// @param failure null when it went well
  /// @return whether this was the first end
  public boolean end(@Nullable Failure failure, long nanos) {
    return failure == null
        ? end("OK", "", "", nanos)
        : end(failure.code().name(), failure.details().decidedBy(), failure.message(), nanos);
  }

  /// The caller has left before the end; the first end counts.
  ///
  /// @return whether this was the first end
  public boolean left(long nanos) {
    return end(Code.CANCELLED.name(), "caller", "", nanos);
  }

  private synchronized boolean end(String code, String step, String said, long nanos) {
    if (ended) {
      return false;
    }
    outcome = code;
    decidedBy = step;
    message = said;
    endedNanos = nanos;
    ended = true;
    return true;
  }

  void number(long number) {
    this.number = number;
  }

  /// Counts the calls of the process, from 1; 0 while it is under way.
  public long number() {
    return number;
  }

  /// What was asked.
  public Method<?, ?> method() {
    return method;
  }

  /// Who was asked: the name under which instances are found.
  public String target() {
    return target;
  }

  /// When it began, in the clock's nanoseconds.
  public long begunNanos() {
    return begunNanos;
  }

  /// How long it took, in nanoseconds; 0 while it is under way.
  public long tookNanos() {
    return ended ? endedNanos - begunNanos : 0;
  }

  /// The time that it was given, in nanoseconds.
  public long budgetNanos() {
    return budgetNanos;
  }

  /// The time that was left at its end, in nanoseconds.
  public long leftNanos() {
    return ended ? Math.max(0, budgetNanos - tookNanos()) : 0;
  }

  /// `OK`, a code's name, or empty while it is under way.
  public String outcome() {
    return ended ? outcome : "";
  }

  /// Whether it has failed; a caller that left is no failure.
  public boolean failed() {
    return ended && !outcome.equals("OK") && !decidedBy.equals("caller");
  }

  /// The step that decided the outcome; empty when it went well.
  public String decidedBy() {
    return ended ? decidedBy : "";
  }

  /// What the failure said; empty when there was none.
  public String message() {
    return ended ? message : "";
  }

  /// The trace it belongs to, in hex; empty when there is none.
  public String traceId() {
    return trace == null ? "" : trace.traceId();
  }

  /// Whether it joined a call that was under way already.
  public boolean wasCoalesced() {
    return shared != null;
  }

  /// Whether the answer was remembered by the callee.
  public boolean wasReplayed() {
    return replayed;
  }

  /// Whether another attempt was refused because the target's budget had none left.
  public boolean budgetEmpty() {
    return budgetEmpty;
  }

  /// Attempts that the target's budget had left when it was asked last; -1 when it was not asked.
  public double spareRetries() {
    return spareRetries;
  }

  /// The beginning of the idempotency key, enough to tell keys apart; empty without one.
  public String shortKey() {
    return key.length() <= 24 ? key : key.substring(0, 16) + "…" + key.substring(key.length() - 7);
  }

  /// The attempts made so far, in their order.
  public List<Attempt> attempts() {
    return List.of(made());
  }

  /// The story in one line, for people: `after 3 attempts (10.0.0.1:80 UNAVAILABLE, …), 120 ms of
  /// 2000 ms left, retry budget empty`. Names instances, so it stays in this process.
  @Override
  public String toString() {
    StringBuilder story = new StringBuilder();
    Attempt[] made = made();
    if (made.length == 0) {
      story.append("before any attempt");
    } else {
      story
          .append("after ")
          .append(made.length)
          .append(made.length == 1 ? " attempt" : " attempts");
      String before = " (";
      for (Attempt attempt : made) {
        story.append(before);
        tell(attempt, story);
        before = ", ";
      }
      story.append(')');
    }
    story.append(", ").append(millis(leftNanos())).append(" of ").append(millis(budgetNanos));
    story.append(" left");
    if (budgetEmpty) {
      story.append(", retry budget empty");
    }
    if (shared != null) {
      story.append(", shared with another caller");
    }
    return story.toString();
  }

  private Attempt[] made() {
    return shared == null ? attempts : shared.attempts;
  }

  private static void tell(Attempt attempt, StringBuilder story) {
    Endpoint endpoint = attempt.endpoint();
    story.append(endpoint == null ? "nobody" : endpoint.address());
    story.append(' ').append(attempt.outcome().isEmpty() ? "under way" : attempt.outcome());
    if (attempt.hedge()) {
      story.append(" hedged");
    }
    if (!attempt.state().isEmpty()) {
      story.append(' ').append(attempt.state());
    }
  }

  private static String millis(long nanos) {
    Duration time = Duration.ofNanos(Math.max(0, nanos));
    return time.compareTo(Duration.ofMillis(10)) < 0
        ? String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6)
        : time.toMillis() + " ms";
  }
}
