package dev.concordat.events.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Where the log is. A topic has partitions; a partition is an append-only sequence of messages at
/// ascending positions, perhaps with gaps; messages of one key stand in one partition in the order
/// of their appending.
///
/// Threads: safe for many.
///
/// Failure: [dev.concordat.core.Failure] with `UNAVAILABLE` when the log cannot be reached;
/// everything may be tried again.
public interface Broker extends AutoCloseable {
  /// Makes sure that a topic exists and stays readable for this long.
  ///
  /// @return how many partitions it has
  int declare(String topic, Duration retention);

  /// Appends all of the messages in their order, or none. Topics that do not exist are made. They
  /// can be read when it returns or a moment later; [#onAppend] says when.
  ///
  /// Guarantee: an append with a sequence number that this producer has already used, or a lower
  /// one, does nothing; so a producer that does not know whether it succeeded repeats it.
  ///
  /// @param producer the one that numbers its appends
  /// @param sequence ascending from 1; may skip
  /// @return false when nothing was done because the number was used already
  boolean append(String producer, long sequence, List<Envelope> messages);

  /// The highest sequence number of this producer; 0 when it has appended nothing.
  long appended(String producer);

  /// Reads what is there, without waiting: of each partition at most this many messages from a
  /// position on, ascending. Positions below the oldest readable one begin there.
  ///
  /// @param from first position wanted, by partition
  List<Logged> read(String topic, Map<Integer, Long> from, int max);

  /// The position of the oldest readable message of each partition.
  Map<Integer, Long> begins(String topic);

  /// The position after the last message of each partition.
  Map<Integer, Long> ends(String topic);

  /// The position of the first message that was appended at this instant or later; the end when
  /// there is none.
  long positionAt(String topic, int partition, Instant at);

  /// Calls after something was appended to the topic, on a thread of the broker; must be short. A
  /// hint: it may come late, twice, or not at all, so that readers also look by themselves.
  ///
  /// @return ends it
  Runnable onAppend(String topic, Runnable listener);

  /// Tells the log how far a subscription has come, for those who look at it with the log's own
  /// tools; nobody reads it back. Must be short and must not fail: it may come late or not at all.
  ///
  /// @param subscription unique among all services, for example `receipts/confirmed`
  /// @param positions everything before is done, by partition
  default void reached(String subscription, String topic, Map<Integer, Long> positions) {}

  /// Lets go of connections and threads.
  @Override
  void close();

  /// A message in the log.
  ///
  /// @param partition from 0
  /// @param position ascending within the partition
  /// @param appendedAt when it was appended, by the log's clock: never earlier than that of the one
  ///   before, unless a broker's clock was set back; the same at every reading
  /// @param message the message
  record Logged(int partition, long position, Instant appendedAt, Envelope message) {}
}
