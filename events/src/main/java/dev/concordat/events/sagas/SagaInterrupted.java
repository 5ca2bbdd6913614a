package dev.concordat.events.sagas;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Ends this run of a saga's code without a word in the record: somebody runs it again. An error,
/// so that no `catch (Exception e)` of a saga takes it for a failure of its own.
final class SagaInterrupted extends Error {
  private static final long serialVersionUID = 1L;

  private final transient Why why;

  SagaInterrupted(Why why, @Nullable Throwable cause) {
    super("this run of the saga has ended: " + why, cause, false, false);
    this.why = why;
  }

  Why why() {
    return why;
  }

  /// Why it ended.
  sealed interface Why {
    /// Another process has it.
    record Lost() implements Why {}

    /// The database did not answer, an error came on our way to it, or the process is stopping: it
    /// is given back.
    record GivenBack() implements Why {}

    /// An undo failed and waits; that is written already.
    record Waiting(Duration delay) implements Why {}

    /// The record does not fit the code.
    record Stuck(String because) implements Why {}
  }
}
