package dev.concordat.events.outbox;

/// One step of the sequencer: the rows of the outbox that are visible in the snapshot and were not
/// in the previous one, with after < id <= upto. It is stored before it is told, so that telling it
/// again tells the same.
///
/// @param number ascending without gaps from 1; 0 is before the first
/// @param previous a PostgreSQL `pg_snapshot`
/// @param snapshot a PostgreSQL `pg_snapshot`
/// @param complete false when the snapshot has more rows than one tick may hold
/// @param shards into how many parts it is told, each by its own sequencer
/// @param producer as whom the log knows the database since
record Tick(
    long number,
    String previous,
    String snapshot,
    long after,
    long upto,
    boolean complete,
    int shards,
    String producer) {
  static final String NOTHING_VISIBLE = "1:1:";

  /// Before the first.
  static Tick zero(String producer) {
    return new Tick(0, NOTHING_VISIBLE, NOTHING_VISIBLE, 0, 0, true, 1, producer);
  }
}
