package dev.concordat.events.deadletters;

/// How far a run through dead letters has come.
///
/// @param total how many were planned
/// @param done sent back, or discarded
/// @param skipped left alone, because somebody else had ended them meanwhile
/// @param refused left as they were, because the service no longer has their subscription or queue
public record DeadLetterProgress(int total, int done, int skipped, int refused) {
  static DeadLetterProgress none(int total) {
    return new DeadLetterProgress(total, 0, 0, 0);
  }

  DeadLetterProgress plus(int done, int skipped, int refused) {
    return new DeadLetterProgress(
        total, this.done + done, this.skipped + skipped, this.refused + refused);
  }

  /// Whether everything planned was looked at.
  public boolean complete() {
    return done + skipped + refused >= total;
  }
}
