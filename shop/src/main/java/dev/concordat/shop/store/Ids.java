package dev.concordat.shop.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/// Names for new things: a prefix that says what it is, and 25 letters and digits, 128 bits.
///
/// Threads: safe for many.
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 16;
  private static final int LENGTH = 25; // 128 bits in base 36

  private Ids() {}

  /// A name that nobody can guess.
  public static String random(String prefix) {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return prefix + text(bytes);
  }

  /// The same name for the same parts, so that work which is begun again finds what it had made.
  public static String derived(String prefix, String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return prefix + text(Arrays.copyOf(digest.digest(), BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String text(byte[] bytes) {
    String digits = new BigInteger(1, bytes).toString(Character.MAX_RADIX);
    return "0".repeat(LENGTH - digits.length()) + digits;
  }
}
