package dev.concordat.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one unchecked exception of a conversation: why a call, a handler or a step failed.
///
/// The message says what happened, what was expected and what to do; it reaches the caller, so it
/// holds no secret and no internals. A handler throws it to choose the code; any other exception
/// becomes [Code#INTERNAL] with a neutral message.
///
/// Threads: immutable.
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;
  private final transient Details details;
  private final transient @Nullable Object story;

  private Failure(
      Code code,
      String message,
      Details details,
      @Nullable Object story,
      @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.details = details;
    this.story = story;
  }

  /// A failure with nothing but its code and a message.
  public static Failure of(Code code, String message) {
    return new Failure(code, message, Details.NONE, null, null);
  }

  /// A failure with the exception that led to it; the cause stays in this process.
  public static Failure of(Code code, String message, Throwable cause) {
    return new Failure(code, message, Details.NONE, null, cause);
  }

  /// A request that is wrong, with the fields that are.
  public static Failure invalid(List<Violation> violations) {
    String first = violations.isEmpty() ? "the request is not valid" : violations.getFirst().text();
    String more = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
    return of(Code.INVALID_ARGUMENT, first + more)
        .with(Details.NONE.withViolations(violations).withDecidedBy("validate"));
  }

  /// Shorthand for [Code#NOT_FOUND].
  public static Failure notFound(String message) {
    return of(Code.NOT_FOUND, message);
  }

  /// The same failure with these details.
  public Failure with(Details details) {
    return copy(details, story);
  }

  /// The same failure with the story of how it came about, for the logs of this process: it stands
  /// behind the message in [#getMessage()], may name hosts, and travels nowhere.
  ///
  /// @param story told by its `toString`, when somebody reads it
  public Failure withStory(Object story) {
    return copy(details(), story);
  }

  private Failure copy(Details details, @Nullable Object story) {
    Failure copy = new Failure(code, message(), details, story, getCause());
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /// The same failure as it is met here: with this stack trace and the first one as its cause, for
  /// a failure that several threads are told.
  public Failure here() {
    return new Failure(code, message(), details(), story, this);
  }

  /// Why, in one word.
  public Code code() {
    return code;
  }

  /// The message as it travels; never null, unlike [#getMessage()] of exceptions in general.
  public String message() {
    String message = super.getMessage();
    return message == null ? code.name() : message;
  }

  /// The message, and the story behind it when there is one.
  @Override
  public String getMessage() {
    return story == null ? message() : message() + " [" + story + "]";
  }

  /// What else is known.
  public Details details() {
    return details == null ? Details.NONE : details;
  }

  /// What is known beyond code and message. All of it travels between services.
  ///
  /// @param decidedBy the step that decided, for example `deadline`, `admission`, `validate`,
  ///   `handler`; empty when unknown
  /// @param reason constant in upper snake case that programs can test, for example
  ///   `CARD_DECLINED`; empty when there is none (`google.rpc.ErrorInfo.reason`)
  /// @param attempts tries made so far, 0 when none was
  /// @param retryAfter how long to wait before trying again, when the callee said so
  /// @param settled true when retries were already spent on this failure further down, so that
  ///   nobody above may retry it
  /// @param violations what is wrong with the request
  /// @param resumeAfter where a stream that broke can be gone on with, as its contract says
  ///   (`resume`) and the last message has it; empty before the first. Known to the reader only
  public record Details(
      String decidedBy,
      String reason,
      int attempts,
      Optional<Duration> retryAfter,
      boolean settled,
      List<Violation> violations,
      Optional<String> resumeAfter) {
    /// Nothing is known.
    public static final Details NONE =
        new Details("", "", 0, Optional.empty(), false, List.of(), Optional.empty());

    /// Copies the list.
    public Details {
      violations = List.copyOf(violations);
    }

    /// The same with another deciding step.
    public Details withDecidedBy(String decidedBy) {
      return new Details(decidedBy, reason, attempts, retryAfter, settled, violations, resumeAfter);
    }

    /// The same with another reason.
    public Details withReason(String reason) {
      return new Details(decidedBy, reason, attempts, retryAfter, settled, violations, resumeAfter);
    }

    /// The same with another count of attempts.
    public Details withAttempts(int attempts) {
      return new Details(decidedBy, reason, attempts, retryAfter, settled, violations, resumeAfter);
    }

    /// The same with a time to wait.
    public Details withRetryAfter(Duration retryAfter) {
      return new Details(
          decidedBy, reason, attempts, Optional.of(retryAfter), settled, violations, resumeAfter);
    }

    /// The same, marked (or not) as already retried.
    public Details withSettled(boolean settled) {
      return new Details(decidedBy, reason, attempts, retryAfter, settled, violations, resumeAfter);
    }

    /// The same with these violations.
    public Details withViolations(List<Violation> violations) {
      return new Details(decidedBy, reason, attempts, retryAfter, settled, violations, resumeAfter);
    }

    /// The same with a place to go on after.
    public Details withResumeAfter(String place) {
      return new Details(
          decidedBy, reason, attempts, retryAfter, settled, violations, Optional.of(place));
    }
  }
}
