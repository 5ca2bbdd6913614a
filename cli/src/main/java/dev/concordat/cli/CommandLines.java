package dev.concordat.cli;

import dev.concordat.core.Failure;
import dev.concordat.telemetry.LogOptions;
import dev.concordat.telemetry.Logs;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// All commands, and what the command line says when one fails.
final class CommandLines {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private CommandLines() {}

  /// Runs one command.
  ///
  /// @return the exit code
  static int run(Program program, String... args) {
    Logs.configure(LogOptions.DEFAULT.withLevel(Level.OFF)); // the terminal is for people
    return of(program).execute(args);
  }

  /// The whole command line for one system.
  static CommandLine of(Program program) {
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(new Up(program))
            .addSubcommand(new RunPart(program.plan()))
            .addSubcommand(new Trace())
            .addSubcommand(new Call(program.plan()))
            .addSubcommand(new CallsCommand(program.plan()))
            .addSubcommand(new MailCommand())
            .addSubcommand(new AuditCommand(program.plan()))
            .addSubcommand(new DeadLetterCommands(program.plan()))
            .addSubcommand(new SubscriptionCommands(program.plan()))
            .addSubcommand(new TopicsCommand(program.plan()))
            .addSubcommand(new TailCommand(program.plan()))
            .addSubcommand(new ReplayCommand(program.plan()))
            .addSubcommand(new TaskCommands(program.plan()))
            .addSubcommand(new ScheduleCommands(program.plan()))
            .addSubcommand(new SagaCommands(program.plan()))
            .addSubcommand(new ForgetCommand(program.plan()))
            .addSubcommand(new RewrapCommand(program.plan()))
            .addSubcommand(new CertificateCommands())
            .addSubcommand(
                new CommandLine(new Bench()).setUnmatchedOptionsArePositionalParams(true))
            .addSubcommand(new DrillCommand())
            .addSubcommand(new HelpCommand());
    helpful(line);
    return line.setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(CommandLines::wrongUsage)
        .setExecutionExceptionHandler((e, failing, parsed) -> failed(e, failing));
  }

  /// `--help` everywhere, also behind a verb.
  private static void helpful(CommandLine line) {
    line.getSubcommands().values().stream()
        .filter(command -> !(command.getCommand() instanceof Bench)) // it has a help of its own
        .forEach(command -> {
          CommandLine.Model.CommandSpec spec = command.getCommandSpec();
          if (spec.userObject() instanceof Method) {
            spec.addOption(help()); // the standard ones would shift the method's parameters
          } else {
            spec.mixinStandardHelpOptions(true);
          }
          helpful(command);
        });
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help message and exit.")
        .build();
  }

  @Command(
      name = "concordat",
      description = "Runs a whole system on this machine, and asks a running one.",
      versionProvider = Version.class,
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND",
      footer = {"", "`concordat help COMMAND` says more about one of them."})
  static final class Root implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "which command?");
    }
  }

  /// What went wrong, and how it is written, without the whole page of help.
  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("concordat: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      line.usage(err);
    }
    return USAGE;
  }

  private static int failed(Exception e, CommandLine line) {
    PrintWriter err = line.getErr();
    if (e instanceof Failure failure) {
      err.println("concordat: " + failure.message());
      return FAILED;
    }
    err.println("concordat: " + line.getCommandName() + " failed unexpectedly: " + e);
    e.printStackTrace(err);
    return FAILED;
  }
}
