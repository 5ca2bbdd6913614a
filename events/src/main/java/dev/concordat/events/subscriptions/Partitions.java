package dev.concordat.events.subscriptions;

import java.nio.charset.StandardCharsets;

/// Which partition a key belongs to: murmur2 over the key's UTF-8 bytes, as Kafka's default
/// partitioner does, so that the same key stands in the same partition on either log.
///
/// Source: `org.apache.kafka.common.utils.Utils#murmur2`; MurmurHash2 is in the public domain.
public final class Partitions {
  /// Partitions of a topic that says nothing else.
  public static final int DEFAULT = 8;

  private static final int SEED = 0x9747b28c;
  private static final int M = 0x5bd1e995;

  private Partitions() {}

  public static int of(String key, int partitions) {
    return (murmur2(key.getBytes(StandardCharsets.UTF_8)) & 0x7fffffff) % partitions;
  }

  public static int murmur2(byte[] data) {
    int h = SEED ^ data.length;
    int whole = data.length / 4;
    for (int i = 0; i < whole; i++) {
      int at = i * 4;
      int k =
          (data[at] & 0xff)
              | (data[at + 1] & 0xff) << 8
              | (data[at + 2] & 0xff) << 16
              | (data[at + 3] & 0xff) << 24;
      k *= M;
      k ^= k >>> 24;
      k *= M;
      h *= M;
      h ^= k;
    }
    int tail = whole * 4;
    for (int i = data.length - 1; i >= tail; i--) {
      h ^= (data[i] & 0xff) << (8 * (i - tail));
    }
    if (data.length > tail) {
      h *= M;
    }
    h ^= h >>> 13;
    h *= M;
    return h ^ (h >>> 15);
  }
}
