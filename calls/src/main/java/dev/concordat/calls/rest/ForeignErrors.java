package dev.concordat.calls.rest;

import dev.concordat.core.Failure;
import java.util.Optional;

/// What a company's own error bodies mean. Asked for every answer that is not 2xx, before the
/// general rules.
///
/// ```java
/// ForeignErrors bank = answer -> switch (answer.status()) {
///   case 402 -> Optional.of(new Meaning.Answer());   // the body is the response after all
///   case 429 -> Optional.of(new Meaning.Refused(busy(answer)));
///   default -> Optional.empty();                     // by status, as always
/// };
/// ```
///
/// Threads: safe for many; on the calling thread.
@FunctionalInterface
public interface ForeignErrors {
  /// Only the general rules: problem+json, Google's error object, the status.
  ForeignErrors NONE = answer -> Optional.empty();

  /// What the answer means; empty leaves it to the general rules.
  Optional<Meaning> meaning(ForeignAnswer answer);

  /// What an answer that is not 2xx can mean.
  sealed interface Meaning {
    /// Its body is the method's response after all.
    record Answer() implements Meaning {}

    /// It failed, and they may have done the work.
    record Failed(Failure failure) implements Meaning {}

    /// They refused before any work was begun, and promise so: even a call that is neither safe nor
    /// keyed may be tried again.
    record Refused(Failure failure) implements Meaning {}
  }
}
