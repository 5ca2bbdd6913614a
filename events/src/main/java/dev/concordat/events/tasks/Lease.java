package dev.concordat.events.tasks;

import dev.concordat.core.Cancellation;
import dev.concordat.events.Transaction;
import java.time.Instant;

/// The claim on a task: one worker at a time, for a limited time, renewed while the handler runs.
///
/// Threads: safe for many.
public interface Lease {
  /// Names the task, the same in every attempt: the idempotency key for what the handler asks of
  /// others (and the key of the handler's context).
  String taskId();

  /// Which try this is, from 1.
  int attempt();

  /// Until when the claim holds unless it is renewed.
  Instant until();

  /// Cancelled when the lease is lost: the work belongs to another worker now. Also cancels the
  /// calls that the handler has under way.
  Cancellation cancellation();

  /// Says how far the work is, for whoever asks ([Tasks#status]). Costs nothing here: it is written
  /// beside the worker, the latest only, at most once a second.
  ///
  /// @param done so much of it
  /// @param total all there is; zero when that is not known
  /// @param note what is being done; at most 500 characters are kept
  void progress(long done, long total, String note);

  /// Makes "done" part of the transaction: its effect and the end of the task become true together,
  /// exactly once. Call it last, then commit.
  ///
  /// @param tx on the database of the service whose queue this is
  /// @throws dev.concordat.core.Failure with `ABORTED` when the lease was lost: roll back, another
  ///   worker does it
  void complete(Transaction<?> tx);
}
