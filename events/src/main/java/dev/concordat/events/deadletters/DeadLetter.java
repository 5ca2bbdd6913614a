package dev.concordat.events.deadletters;

import dev.concordat.events.log.Envelope;
import dev.concordat.events.store.Errors;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A message given up on.
///
/// @param id names it
/// @param place who gave it up
/// @param message the message as it was
/// @param cause why it was given up
/// @param attempts every try, the first one first
/// @param diedAt when it was given up
/// @param end what became of it; empty while it waits for somebody
public record DeadLetter(
    long id,
    Place place,
    Envelope message,
    Cause cause,
    List<Attempt> attempts,
    Instant diedAt,
    Optional<End> end) {
  /// Kind of a message that a subscription gave up on.
  public static final String EVENT = "event";

  /// Kind of a task that its workers gave up on.
  public static final String TASK = "task";

  /// Copies the list.
  public DeadLetter {
    attempts = List.copyOf(attempts);
  }

  /// Why, in one line.
  public String reason() {
    return cause.reason();
  }

  /// Who gave it up.
  ///
  /// @param kind [#EVENT] or [#TASK]
  /// @param name the subscription or the queue
  /// @param where it stood there; only its kind understands it
  public record Place(String kind, String name, String where) {}

  /// Why it was given up.
  ///
  /// @param reason in one line
  /// @param stack the stack trace of the last try; empty when there is none
  public record Cause(String reason, String stack) {
    public static Cause of(String reason, Throwable failure) {
      return new Cause(reason, Errors.stack(failure));
    }
  }

  /// One try.
  ///
  /// @param at when it failed
  /// @param instance the process that tried, as `host/pid`; empty when that was not written down
  /// @param error how
  public record Attempt(Instant at, String instance, String error) {
    private static final String HERE = here();

    /// A try of this process as tables hold it: `instant@instance, blank, error`.
    public static String text(Instant at, String error) {
      return at + "@" + HERE + " " + error;
    }

    /// Reads what [#text] wrote, or an older version without the instance.
    static Attempt parse(String text) {
      int blank = text.indexOf(' ');
      String when = text.substring(0, blank);
      int sign = when.indexOf('@');
      return new Attempt(
          Instant.parse(sign < 0 ? when : when.substring(0, sign)),
          sign < 0 ? "" : when.substring(sign + 1),
          text.substring(blank + 1));
    }

    /// The name that the machine or the pod goes by, without asking a name server for it.
    private static String here() {
      String host = System.getenv().getOrDefault("HOSTNAME", "").replaceAll("\\s", "");
      String pid = Long.toString(ProcessHandle.current().pid());
      return host.isEmpty() ? pid : host + "/" + pid;
    }
  }

  /// What became of it.
  public sealed interface End {
    Instant at();

    /// Who wanted it.
    String by();
  }

  /// It was sent back to where it came from.
  ///
  /// @param traceId the trace in which it is handled again; empty when that was not written down
  public record Redriven(Instant at, String by, String traceId) implements End {}

  /// It was discarded.
  public record Discarded(Instant at, String by, String because) implements End {}
}
