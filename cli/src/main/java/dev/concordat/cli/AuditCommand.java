package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.service.Plan;
import dev.concordat.shop.audit.Audit;
import dev.concordat.shop.audit.BookReader;
import dev.concordat.shop.mailserver.Maildir;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `concordat audit`: whether the books of all services add up.
@Command(
    name = "audit",
    description = "Checks the books of all services against each other.",
    footer = {
      "",
      "What follows an order (receipt, picking) comes a moment after it, so books that do not add"
          + " up",
      "yet are read again for as long as --wait says.",
      "Exit code: 0 when everything adds up, 1 when something does not."
    })
final class AuditCommand implements Callable<Integer> {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long to wait for the books to add up. Default: ${DEFAULT-VALUE}.")
  private String patience = "30s";

  AuditCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Services services = new Services(plan, data);
    try (Calls calls = services.calls("audit")) {
      BookReader reader = new BookReader(calls, Maildir.open(MailCommand.folder(data.path())));
      Audit.Report report = Audit.run(reader, Times.parse(patience), Clock.SYSTEM);
      report.lines().forEach(out::println);
      out.println(report.clean() ? "the books add up" : "the books do not add up");
      out.flush();
      return report.clean() ? 0 : 1;
    }
  }
}
