package dev.concordat.events.subscriptions;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a subscription stands, over all processes of the service.
///
/// @param name of the subscription
/// @param topic that it reads
/// @param pauses in force: of all of it, or of keys
/// @param partitions how far it has come in each
/// @param parkedKeys keys that wait, for a retry or for a person
/// @param parkedMessages messages of those keys; 10,000 stands for that many or more
/// @param perSecond messages a second that the cursors have moved on by lately
public record SubscriptionView(
    String name,
    String topic,
    List<PauseInForce> pauses,
    List<PartitionView> partitions,
    long parkedKeys,
    long parkedMessages,
    double perSecond) {
  /// A pause that somebody ordered and nobody has ended.
  ///
  /// @param key only this key; empty for the whole subscription
  /// @param by who wanted it
  /// @param reason why
  /// @param since when
  public record PauseInForce(Optional<String> key, String by, String reason, Instant since) {}

  /// One partition.
  ///
  /// @param partition from 0
  /// @param position of the first message that is not done
  /// @param end position after the last message of the log
  /// @param oldestWaiting when the message at the position came into the log; empty when none waits
  /// @param held whether a living process reads it
  public record PartitionView(
      int partition, long position, long end, Optional<Instant> oldestWaiting, boolean held) {
    /// Messages that wait.
    public long lag() {
      return Math.max(0, end - position);
    }
  }

  /// Whether the whole subscription is paused.
  public boolean paused() {
    return pauses.stream().anyMatch(pause -> pause.key().isEmpty());
  }

  /// Messages that wait in the log.
  public long lag() {
    return partitions.stream().mapToLong(PartitionView::lag).sum();
  }

  /// Since when the message that has waited longest has been in the log; empty when none waits.
  public Optional<Instant> oldestWaiting() {
    return partitions.stream()
        .flatMap(partition -> partition.oldestWaiting().stream())
        .min(Instant::compareTo);
  }

  /// How much of what the log holds is done, from 0 to 1: how far a replay has come.
  public double caughtUp() {
    long ends = partitions.stream().mapToLong(PartitionView::end).sum();
    return ends == 0 ? 1 : 1 - (double) lag() / ends;
  }

  /// When it will have caught up at the present rate; zero when nothing waits, empty when it does
  /// not move.
  public Optional<Duration> remaining() {
    if (lag() == 0) {
      return Optional.of(Duration.ZERO);
    }
    return perSecond <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis((long) (1_000 * lag() / perSecond)));
  }
}
