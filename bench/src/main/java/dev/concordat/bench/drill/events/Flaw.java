package dev.concordat.bench.drill.events;

import dev.concordat.bench.promises.Breach.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A mistake that somebody who builds this could make, and what the checker must find when it is
/// made. None of it is in Concordat: the drill writes it around Concordat, or rewrites Concordat's
/// statements on their way to the database.
enum Flaw {
  NONE("nothing is wrong", Trouble.NONE, Role.CONSUMER, Kind.LOST),

  ID_CURSOR(
      "the sequencer looks for ids above the highest it has seen",
      Trouble.NONE,
      Role.CONSUMER,
      Kind.LOST),

  XID_ORDER("the sequencer orders by (xid, id)", Trouble.NONE, Role.CONSUMER, Kind.OUT_OF_ORDER),

  NEW_NUMBERS(
      "the sequencer's appends are not numbered and its messages get their ids when appended",
      Trouble.KILL_SEQUENCER,
      Role.CONSUMER,
      Kind.DUPLICATED),

  TOLD_BEFORE_COMMIT(
      "publishers write to the log themselves, before they commit",
      Trouble.NONE,
      Role.CONSUMER,
      Kind.TOLD_ALTHOUGH_ROLLED_BACK),

  TOLD_AFTER_COMMIT(
      "publishers write to the log themselves, after they have committed",
      Trouble.KILL_PUBLISHER,
      Role.CONSUMER,
      Kind.LOST),

  MARK_BESIDE(
      "the inbox mark is committed in a transaction of its own",
      Trouble.NONE,
      Role.CONSUMER,
      Kind.LOST),

  CURSOR_BEFORE_EFFECT(
      "progress is committed first, the effect after it",
      Trouble.KILL_READER,
      Role.CONSUMER,
      Kind.LOST),

  EFFECT_BEFORE_MARK(
      "the effect is committed first, its mark after it",
      Trouble.KILL_READER,
      Role.CONSUMER,
      Kind.DUPLICATED),

  NO_FENCING(
      "who held a partition goes on writing when it has lost it: no epoch and no mark is looked at",
      Trouble.LOSE_PARTITIONS,
      Role.CONSUMER,
      Kind.DUPLICATED),

  RETRY_LETS_KEY_GO_ON(
      "a message that failed is tried again beside its key, which goes on",
      Trouble.NONE,
      Role.CONSUMER,
      Kind.OUT_OF_ORDER),

  ACK_BEFORE_EFFECT(
      "a task is acknowledged first, and done after that",
      Trouble.KILL_READER,
      Role.WORKER,
      Kind.LOST),

  ACK_BESIDE_EFFECT(
      "a late worker's effect stands: the acknowledgement is not in its transaction",
      Trouble.STOP_READER,
      Role.WORKER,
      Kind.DUPLICATED),

  RECORD_BEFORE_STEP(
      "a saga's step is recorded in a transaction of its own, before its effect is committed",
      Trouble.KILL_READER,
      Role.RUNNER,
      Kind.LOST);

  /// What brings it to light.
  enum Trouble {
    NONE,
    KILL_PUBLISHER,
    KILL_SEQUENCER,
    KILL_READER,
    /// Its lease runs out under its work, again and again.
    LOSE_PARTITIONS,
    /// Longer than every lease.
    STOP_READER
  }

  private final String mistake;
  private final Trouble trouble;
  private final Role reader;
  private final Kind expected;

  Flaw(String mistake, Trouble trouble, Role reader, Kind expected) {
    this.mistake = mistake;
    this.trouble = trouble;
    this.reader = reader;
    this.expected = expected;
  }

  /// As on the command line: `xid-order`.
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Flaw> named(String words) {
    return Arrays.stream(values()).filter(flaw -> flaw.words().equals(words)).findFirst();
  }

  String mistake() {
    return mistake;
  }

  Trouble trouble() {
    return trouble;
  }

  /// Whose work is done wrong, or reads what is wrong.
  Role reader() {
    return reader;
  }

  /// What must be found.
  Kind expected() {
    return expected;
  }
}
