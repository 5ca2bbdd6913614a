package dev.concordat.cli;

import dev.concordat.shop.Shop;

/// `concordat`: see `concordat help`.
public final class Main {
  private Main() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param args the command and its options
  public static void main(String[] args) {
    System.exit(CommandLines.run(new Program(Shop.plan(), Main.class), args));
  }
}
