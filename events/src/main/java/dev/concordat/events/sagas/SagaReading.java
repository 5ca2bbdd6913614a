package dev.concordat.events.sagas;

import com.google.protobuf.Message;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Dead;
import dev.concordat.events.personal.PersonalData;

/// Reads what a saga has kept. What cannot be read now is no failure of the saga's steps, which
/// would undo them: the run ends, and another one reads again.
final class SagaReading {
  private SagaReading() {}

  /// The message with its personal data.
  ///
  /// @throws SagaInterrupted when the keys cannot be reached now; so that the saga is stuck, when
  ///   they can never open it
  static <M extends Message> M open(PersonalData personal, M message) {
    try {
      return personal.open(message);
    } catch (Dead e) {
      throw stuck(String.valueOf(e.getMessage()), e);
    } catch (Failure e) {
      if (e.code() == Code.FAILED_PRECONDITION) {
        throw stuck(e.message(), e);
      }
      throw new SagaInterrupted(new SagaInterrupted.Why.GivenBack(), e);
    }
  }

  private static SagaInterrupted stuck(String because, Exception e) {
    return new SagaInterrupted(new SagaInterrupted.Why.Stuck(because), e);
  }
}
