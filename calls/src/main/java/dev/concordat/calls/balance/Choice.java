package dev.concordat.calls.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/// The instances that can be drawn, prepared so that a draw costs the same however many there are.
/// Made anew when something has changed; never changed itself.
///
/// Source: the alias method (Walker; Vose).
final class Choice<C> {
  private final List<Tier<C>> tiers;
  private final boolean panic;
  private final long madeAt;
  private final long goodFor;

  /// @param goodFor nanoseconds after which it is to be made anew
  Choice(List<Tier<C>> tiers, boolean panic, long madeAt, long goodFor) {
    this.tiers = tiers;
    this.panic = panic;
    this.madeAt = madeAt;
    this.goodFor = goodFor;
  }

  boolean panic() {
    return panic;
  }

  boolean isStale(long now) {
    return now - madeAt >= goodFor;
  }

  List<Tier<C>> tiers() {
    return tiers;
  }

  /// The tier that the next call goes to.
  Tier<C> tier(RandomGenerator random) {
    if (tiers.size() == 1) {
      return tiers.getFirst();
    }
    double at = random.nextDouble();
    for (Tier<C> tier : tiers) {
      at -= tier.share;
      if (at < 0) {
        return tier;
      }
    }
    return tiers.getLast();
  }

  /// Instances that are alike in priority and nearness.
  static final class Tier<C> {
    final List<Instance<C>> instances;
    final double share;
    private final double[] keep;
    private final int[] alias;

    /// @param weights how often each is drawn
    /// @param share of all calls that come here
    Tier(List<Instance<C>> instances, double[] weights, double share) {
      this.instances = instances;
      this.share = share;
      int size = weights.length;
      this.keep = new double[size];
      this.alias = new int[size];
      double sum = 0;
      for (double weight : weights) {
        sum += weight;
      }
      int[] small = new int[size];
      int[] large = new int[size];
      int smalls = 0;
      int larges = 0;
      for (int i = 0; i < size; i++) {
        keep[i] = weights[i] * size / sum;
        alias[i] = i;
        if (keep[i] < 1) {
          small[smalls++] = i;
        } else {
          large[larges++] = i;
        }
      }
      while (smalls > 0 && larges > 0) {
        int less = small[--smalls];
        int more = large[larges - 1];
        alias[less] = more;
        keep[more] -= 1 - keep[less];
        if (keep[more] < 1) {
          larges--;
          small[smalls++] = more;
        }
      }
      // What is left is 1 but for rounding.
      while (smalls > 0) {
        keep[small[--smalls]] = 1;
      }
      while (larges > 0) {
        keep[large[--larges]] = 1;
      }
    }

    int draw(RandomGenerator random) {
      int column = random.nextInt(keep.length);
      return keep[column] >= 1 || random.nextDouble() < keep[column] ? column : alias[column];
    }

    /// Another than the first. Draws again a few times, so that weights keep their meaning.
    int drawOther(int first, RandomGenerator random) {
      for (int i = 0; i < 4; i++) {
        int other = draw(random);
        if (other != first) {
          return other;
        }
      }
      int other = random.nextInt(keep.length - 1);
      return other < first ? other : other + 1;
    }
  }
}
