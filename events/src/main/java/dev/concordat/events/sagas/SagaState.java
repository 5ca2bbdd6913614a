package dev.concordat.events.sagas;

/// How a saga stands.
public enum SagaState {
  /// Its code goes forward.
  RUNNING,
  /// It waits for an event or for a time.
  WAITING,
  /// It has failed, and takes back what it did.
  UNDOING,
  /// It did all of it.
  COMPLETED,
  /// It failed, and everything was taken back, or somebody ended it.
  FAILED,
  /// Its record does not fit its code.
  STUCK
}
