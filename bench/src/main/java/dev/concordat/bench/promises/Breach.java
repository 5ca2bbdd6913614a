package dev.concordat.bench.promises;

/// One message, or one saga, of which a promise was not kept.
///
/// @param kind which promise
/// @param reader subscription, queue or type of saga
/// @param subject message or saga, for people
/// @param what happened, for people
public record Breach(Kind kind, String reader, String subject, String what) {
  /// What can be wrong.
  public enum Kind {
    /// Committed, and passed over for good.
    LOST("lost"),
    /// Its effect was committed more than once.
    DUPLICATED("duplicated"),
    /// Its effect was committed after that of a later one of its key.
    OUT_OF_ORDER("out of order"),
    /// Committed, and still not done: it and all behind it of its key wait.
    STUCK("stuck"),
    /// Has an effect, and its own transaction never was.
    TOLD_ALTHOUGH_ROLLED_BACK("told although rolled back");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /// For people.
    public String words() {
      return words;
    }
  }

  @Override
  public String toString() {
    return kind.words() + ": " + reader + ", " + subject + ": " + what;
  }
}
