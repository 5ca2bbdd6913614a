package dev.concordat.cli;

import dev.concordat.core.Termination;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `concordat up`: one PostgreSQL, a Kafka if it is wanted, and all parts of the system, until
/// Ctrl-C.
@Command(
    name = "up",
    description = "Starts the whole system on this machine and runs it until Ctrl-C.",
    footer = {
      "",
      "Data stays in the data folder between runs; what the system logs is in its folder logs/.",
      "Exit code: 0 when it was stopped, 1 when it could not start, 2 for wrong usage."
    })
final class Up implements Callable<Integer> {
  private final Program program;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of the REST API; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}, which is this machine only.")
  private String host = "127.0.0.1";

  @Option(
      names = "--fresh",
      description = "Begin with empty data: deletes what earlier runs made in the data folder.")
  private boolean fresh;

  @Option(
      names = "--processes",
      description = "Run each part in a JVM of its own, and start again what dies.")
  private boolean processes;

  @Option(
      names = "--kafka",
      description = "Keep the log of events on a real Kafka of one node instead of PostgreSQL.")
  private boolean kafka;

  Up(Program program) {
    this.program = program;
  }

  @Override
  public Integer call() {
    Termination termination = Termination.expect();
    int code = 1;
    try {
      Terminal terminal = new Terminal(spec.commandLine().getOut());
      Ports.refuseUsed(host, port);
      terminal.say("concordat " + Version.TEXT + " on " + data.path());
      try (DataFolder folder = DataFolder.open(data.path())) {
        if (fresh) {
          folder.clear();
        }
        new Session(program, host, port, folder, terminal)
            .run(new Session.Choice(processes, kafka), termination);
      }
      code = 0;
    } finally {
      termination.over(code);
    }
    return code;
  }
}
