package dev.concordat.calls;

import dev.concordat.calls.retry.RetryBudget;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.core.Background;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Tries again what may be tried again, until the first message has come back, and asks a second
/// instance when the first one is slow and the contract says so; see
/// [dev.concordat.calls.retry.RetryDecision]. Methods that take a stream are tried again only while
/// nothing was sent.
final class ClientRetry implements ClientStep {
  private final ClientStep next;
  private final CallsOptions options;
  private final RetryBudget budget;
  private final BooleanSupplier others;
  private final Background threads;

  /// @param budget of the target; retries and hedges share it
  /// @param others whether the target has more than one instance
  /// @param threads where hedges wait for their time
  ClientRetry(
      ClientStep next,
      CallsOptions options,
      RetryBudget budget,
      BooleanSupplier others,
      Background threads) {
    this.next = next;
    this.options = options;
    this.budget = budget;
    this.others = others;
    this.threads = threads;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    budget.call();
    Tries tries = new Tries(call, next, this);
    tries.begin(Duration.ZERO);
    return tries;
  }

  CallsOptions options() {
    return options;
  }

  RetryBudget budget() {
    return budget;
  }

  Background threads() {
    return threads;
  }

  boolean hasOthers() {
    return others.getAsBoolean();
  }
}
