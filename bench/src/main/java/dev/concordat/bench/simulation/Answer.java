package dev.concordat.bench.simulation;

import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How an attempt, or a whole call, ended.
///
/// @param reach how far it has come
/// @param failure what it failed with; null when it went well
record Answer(Reach reach, @Nullable Failure failure) {
  static final Answer OK = new Answer(Reach.HANDLER, null);

  /// Nobody listens there.
  static final Answer REFUSED =
      new Answer(Reach.NOWHERE, Failure.of(Code.UNAVAILABLE, "connection refused"));

  /// The instance goes and takes nothing new (GOAWAY): the call was not begun.
  static final Answer GOING =
      new Answer(Reach.NOWHERE, Failure.of(Code.UNAVAILABLE, "the instance is draining"));

  /// The connection broke while the work was under way.
  static final Answer BROKEN =
      new Answer(Reach.HANDLER, Failure.of(Code.UNAVAILABLE, "connection reset"));

  /// The handler failed.
  static final Answer FAILED =
      new Answer(Reach.HANDLER, Failure.of(Code.UNAVAILABLE, "the leaf fails"));

  /// Too late.
  static final Answer LATE =
      new Answer(Reach.HANDLER, Failure.of(Code.DEADLINE_EXCEEDED, "the deadline has passed"));

  /// More than the server takes.
  static Answer overloaded(Duration comeBack) {
    return new Answer(
        Reach.DOOR,
        Failure.of(Code.RESOURCE_EXHAUSTED, "the server is at its limit")
            .with(Failure.Details.NONE.withDecidedBy("admission").withRetryAfter(comeBack)));
  }

  static Answer failed(Reach reach, Failure failure) {
    return new Answer(reach, failure);
  }

  boolean ok() {
    return failure == null;
  }
}
