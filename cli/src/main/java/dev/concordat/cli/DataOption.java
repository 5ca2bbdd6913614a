package dev.concordat.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Which system is meant: the one in this folder.
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".concordat",
      scope = ScopeType.INHERIT, // so that it may stand before a subcommand, and behind it
      description = "Folder of the system's data. Default: ./${DEFAULT-VALUE}.")
  private Path path = Path.of(".concordat");

  /// Absolute, since PostgreSQL and the other processes look at it too.
  Path path() {
    return path.toAbsolutePath().normalize();
  }

  /// The system that runs there.
  ///
  /// @throws dev.concordat.core.Failure when none does
  SystemFile system() {
    return SystemFile.read(path());
  }
}
