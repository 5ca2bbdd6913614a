package dev.concordat.cli;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;

/// One clear sentence for the user: what is wrong and what to do. The command line prints it and
/// exits with 1.
final class Refusal {
  private Refusal() {}

  static Failure because(String sentence) {
    return Failure.of(Code.FAILED_PRECONDITION, sentence);
  }

  static Failure because(String sentence, Throwable cause) {
    return Failure.of(Code.FAILED_PRECONDITION, sentence, cause);
  }
}
