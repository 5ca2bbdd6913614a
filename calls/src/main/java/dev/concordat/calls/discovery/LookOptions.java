package dev.concordat.calls.discovery;

import dev.concordat.core.Backoff;
import dev.concordat.core.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// How patiently and how often a source of addresses on the network is asked.
///
/// @param timeout the longest that one question may take, its whole answer included; default 2 s
/// @param rest the least time between two questions about one name that a refresh or a failure asks
///   for, however often it does; default 1 s
/// @param afterFailure the pause after failed questions in a row, never less than the rest; default
///   1 s doubling to 30 s, full jitter
/// @param answerBytes the largest answer, in bytes; default 8 MiB
/// @param clock what the pauses are measured with; default the machine's
/// @param random what the pauses are spread with, safe for many threads
public record LookOptions(
    Duration timeout,
    Duration rest,
    Backoff afterFailure,
    int answerBytes,
    Clock clock,
    RandomGenerator random) {
  /// The defaults named above.
  public static final LookOptions DEFAULT =
      new LookOptions(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
          8 * 1024 * 1024,
          Clock.SYSTEM,
          new SecureRandom());

  /// Checks that there is a limit everywhere.
  public LookOptions {
    if (!timeout.isPositive() || !rest.isPositive() || answerBytes < 1) {
      throw new IllegalArgumentException(
          "timeout, rest and answerBytes must be more than 0, got "
              + timeout
              + ", "
              + rest
              + " and "
              + answerBytes);
    }
  }

  /// The same with another patience.
  public LookOptions withTimeout(Duration timeout) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// The same with another least time between questions.
  public LookOptions withRest(Duration rest) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// The same with other pauses after failures.
  public LookOptions withAfterFailure(Backoff afterFailure) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// The same with another limit of answers, in bytes.
  public LookOptions withAnswerBytes(int answerBytes) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// The same on another clock.
  public LookOptions withClock(Clock clock) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// The same with other randomness.
  public LookOptions withRandom(RandomGenerator random) {
    return new LookOptions(timeout, rest, afterFailure, answerBytes, clock, random);
  }

  /// A pause of this length give or take a tenth, so that a crowd does not ask in step.
  Duration spread(Duration pause) {
    return Duration.ofNanos((long) (pause.toNanos() * (0.9 + 0.2 * random.nextDouble())));
  }
}
