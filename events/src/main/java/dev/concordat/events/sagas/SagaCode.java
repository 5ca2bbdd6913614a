package dev.concordat.events.sagas;

import com.google.protobuf.Message;
import dev.concordat.contract.Owner;

/// What a type of saga does, from its input to its outcome; see [Saga] for the rules.
@FunctionalInterface
public interface SagaCode<I extends Message, R extends Message, O extends Owner> {
  /// Runs the saga, from the beginning each time.
  R run(Saga<O> saga, I input) throws Exception;
}
