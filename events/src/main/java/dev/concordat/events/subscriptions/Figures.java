package dev.concordat.events.subscriptions;

import dev.concordat.events.Parts;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a subscription says of itself, of the partitions that this process has.
///
/// Threads: asked by one at a time.
public final class Figures {
  private final Parts parts;
  private final String topic;
  private final Collection<Partition> partitions;
  private final Footing footing;
  private final Gate gate;

  /// @param partitions those of this process, as they come and go
  Figures(Parts parts, String topic, Collection<Partition> partitions, Footing footing, Gate gate) {
    this.parts = parts;
    this.topic = topic;
    this.partitions = partitions;
    this.footing = footing;
    this.gate = gate;
  }

  /// Keys that wait.
  public long parkedKeys() {
    return partitions.stream().mapToLong(p -> p.parked().size()).sum();
  }

  /// How many messages the log has beyond the cursors.
  public long lag() {
    Map<Integer, Long> ends = parts.broker().ends(topic);
    return partitions.stream()
        .mapToLong(p -> Math.max(0, ends.getOrDefault(p.number(), 0L) - p.progress().done()))
        .sum();
  }

  /// The share of the retention that the oldest message not yet done has used: 0 when there is
  /// none, 1 when it may be dropped.
  public double retentionUsed() {
    Map<Integer, Long> ends = parts.broker().ends(topic);
    Map<Integer, Long> behind = new HashMap<>();
    for (Partition partition : partitions) {
      long done = partition.progress().done();
      if (done < ends.getOrDefault(partition.number(), 0L)) {
        behind.put(partition.number(), done);
      }
    }
    return behind.isEmpty() ? 0 : footing.retentionUsed(behind);
  }

  /// How long the partition that is worst off has not come on although messages wait in it, in
  /// seconds: because somebody has paused it, because something is down, or because a handler never
  /// returns.
  public double standing() {
    Map<Integer, Long> ends = parts.broker().ends(topic);
    long now = parts.clock().nanos();
    return partitions.stream()
            .mapToLong(p -> p.standing(ends.getOrDefault(p.number(), 0L), now))
            .max()
            .orElse(0)
        / 1e9;
  }

  /// What it waits for, when something that it needs does not answer.
  public Optional<Down> down() {
    return gate.down();
  }
}
