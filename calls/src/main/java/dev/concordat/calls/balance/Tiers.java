package dev.concordat.calls.balance;

import dev.concordat.calls.discovery.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Who can be asked at this moment, and what share of the calls each group gets: the lower priority
/// first, in it the caller's own zone first, and the next group only what the one before cannot
/// bear.
///
/// Source: Envoy's priority levels and overprovisioning factor.
final class Tiers {
  private static final long STEP = 5 * Balancer.STEP;

  private Tiers() {}

  static <C> Choice<C> make(List<Instance<C>> members, Balancing options, long now) {
    Set<Instance<C>> asked = new LinkedHashSet<>();
    List<Instance<C>> there = new ArrayList<>();
    List<Instance<C>> joining = new ArrayList<>();
    long goodFor = Long.MAX_VALUE;
    for (Instance<C> member : members) {
      switch (member.state(now)) {
        case READY, SLOW_START, TRIAL -> {
          asked.add(member);
          there.add(member);
        }
        case EJECTED -> there.add(member);
        case JOINING -> joining.add(member);
        case NOT_SERVING, UNREACHABLE -> {}
      }
      goodFor = Math.min(goodFor, member.changesIn(now));
    }
    boolean panic = !there.isEmpty() && asked.size() < options.panic() * there.size();
    Collection<Instance<C>> from =
        panic ? there : !asked.isEmpty() ? asked : !joining.isEmpty() ? joining : members;
    if (from.isEmpty()) {
      return new Choice<>(List.of(), false, now, Long.MAX_VALUE);
    }
    if (asked.isEmpty() || panic) {
      return new Choice<>(List.of(tier(from, 1, now)), panic, now, Math.min(goodFor, STEP));
    }
    List<Choice.Tier<C>> tiers = split(members, asked, options, now);
    return new Choice<>(tiers, false, now, tiers.size() > 1 ? Math.min(goodFor, STEP) : goodFor);
  }

  private static <C> List<Choice.Tier<C>> split(
      List<Instance<C>> members, Set<Instance<C>> asked, Balancing options, long now) {
    TreeMap<Integer, Group<C>> groups = new TreeMap<>();
    for (Instance<C> member : members) {
      Group<C> group = groups.computeIfAbsent(rank(member, options), rank -> new Group<>());
      group.weight += member.weight();
      group.capacity += member.weight() * member.capacity(now);
      if (asked.contains(member)) {
        group.asked.add(member);
      }
    }
    double left = 1;
    for (Group<C> group : groups.values()) {
      group.share = Math.min(left, options.headroom() * group.capacity / group.weight);
      left -= group.share;
    }
    double given = 1 - left;
    if (given <= 0) {
      return List.of(tier(asked, 1, now));
    }
    List<Choice.Tier<C>> tiers = new ArrayList<>();
    for (Group<C> group : groups.values()) {
      if (!group.asked.isEmpty() && group.share > 0) {
        tiers.add(tier(group.asked, group.share / given, now));
      }
    }
    return tiers;
  }

  private static <C> Choice.Tier<C> tier(
      Collection<Instance<C>> instances, double share, long now) {
    double[] weights = instances.stream().mapToDouble(instance -> instance.drawn(now)).toArray();
    return new Choice.Tier<>(List.copyOf(instances), weights, share);
  }

  private static int rank(Instance<?> instance, Balancing options) {
    var attributes = instance.endpoint().attributes();
    boolean far =
        options.zone().isPresent()
            && !options.zone().orElseThrow().equals(attributes.get(Endpoint.ZONE));
    return 2 * priority(attributes.getOrDefault(Endpoint.PRIORITY, "0")) + (far ? 1 : 0);
  }

  private static int priority(String text) {
    try {
      return Math.clamp(Integer.parseInt(text), 0, 65_535);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static final class Group<C> {
    private final List<Instance<C>> asked = new ArrayList<>();
    private double weight;
    private double capacity;
    private double share;
  }
}
