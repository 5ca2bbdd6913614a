package dev.concordat.events;

import dev.concordat.core.Cancellation;
import java.time.Instant;

/// The claim on a task: one worker at a time, for a limited time, renewed while the handler runs.
public interface Lease {
  /// Names the task, the same in every attempt: the idempotency key for what the handler asks of
  /// others.
  String taskId();

  /// Which try this is, from 1.
  int attempt();

  /// Until when the claim holds unless it is renewed.
  Instant until();

  /// Cancelled when the lease is lost: the work belongs to another worker now.
  Cancellation cancellation();
}
