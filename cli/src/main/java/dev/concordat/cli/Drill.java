package dev.concordat.cli;

/// Trouble on purpose, with processes and sockets of its own; `concordat drill NAME` finds it
/// through [java.util.ServiceLoader].
public interface Drill {
  /// What it is called on the command line, for example `rolling-restart`.
  String name();

  /// What happens and what must not, in one line.
  String description();

  /// What `--broken` does, so that the drill can be seen to fail; for people.
  String broken();

  /// Calls per second when nobody says otherwise.
  default int rate() {
    return 200;
  }

  /// Runs it and cleans up after itself.
  Verdict run(DrillArguments arguments) throws Exception;
}
