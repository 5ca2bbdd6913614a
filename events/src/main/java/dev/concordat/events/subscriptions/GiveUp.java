package dev.concordat.events.subscriptions;

/// What happens to a key when its message has been tried often enough. In every case the message is
/// kept with its reason and every attempt, and can be sent back.
///
/// A handler that says [dev.concordat.events.Dead] has decided by itself: that message is a dead
/// letter and its key goes on, whatever is chosen here.
public enum GiveUp {
  /// The message is a dead letter, and its key waits behind it until somebody sends it back or
  /// skips it: nothing of the key is ever handled out of order. Other keys go on.
  PARK,
  /// The message is a dead letter, and its key goes on: what is sent back later comes after
  /// messages that it should have preceded.
  SKIP,
  /// The whole subscription pauses, in every process, until somebody resumes it; then the message
  /// is tried again.
  PAUSE
}
