package dev.concordat.events.sagas;

/// What came of the wish to cancel a saga.
public enum SagaCancel {
  /// The saga will end failed with `CANCELLED`, unless it is past its last step: await it to know.
  REQUESTED,
  /// The saga had ended, or was failing already.
  TOO_LATE,
  /// There is no such saga.
  UNKNOWN
}
