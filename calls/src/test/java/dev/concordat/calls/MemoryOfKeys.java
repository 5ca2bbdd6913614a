package dev.concordat.calls;

import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// A store in memory, for tests that are not about the store; one claim for each operation.
final class MemoryOfKeys implements IdempotencyStore {
  private final Map<String, Operation> claimed = new HashMap<>();
  private final Map<String, Outcome> outcomes = new HashMap<>();

  @Override
  public synchronized Claim claim(Operation operation, Duration lease) {
    Operation first = claimed.putIfAbsent(name(operation), operation);
    if (first == null) {
      return new Claim.Execute(operation, UUID.randomUUID().toString());
    }
    if (!first.fingerprint().equals(operation.fingerprint())) {
      return new Claim.Mismatch();
    }
    Outcome outcome = outcomes.get(name(operation));
    return outcome == null ? new Claim.InFlight() : new Claim.Replay(outcome);
  }

  @Override
  public synchronized void keep(Claim.Execute claim, Outcome outcome) {
    outcomes.putIfAbsent(name(claim.operation()), outcome);
  }

  @Override
  public void keep(Claim.Execute claim, Outcome outcome, Connection effect) {
    keep(claim, outcome);
  }

  @Override
  public synchronized void release(Claim.Execute claim) {
    if (!outcomes.containsKey(name(claim.operation()))) {
      claimed.remove(name(claim.operation()));
    }
  }

  private static String name(Operation operation) {
    return operation.method() + " " + operation.caller() + " " + operation.key();
  }
}
