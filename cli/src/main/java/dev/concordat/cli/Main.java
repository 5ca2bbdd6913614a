package dev.concordat.cli;

/// `concordat`: see `concordat help`.
public final class Main {
  private Main() {}

  /// @param args the command and its options
  public static void main(String[] args) {
    System.exit(CommandLines.run(args));
  }
}
