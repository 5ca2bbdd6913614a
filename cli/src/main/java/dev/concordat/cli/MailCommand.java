package dev.concordat.cli;

import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.mailserver.Maildir;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat mail`: what the shop's mail server has received.
@Command(
    name = "mail",
    description = "Shows the e-mails that the shop has sent; with one match, the whole mail.")
final class MailCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "ADDRESS|ORDER_ID",
      defaultValue = "",
      description = "Only mails to this address, or that name this order.")
  private String about = "";

  @Override
  public Integer call() throws IOException {
    data.system();
    PrintWriter out = spec.commandLine().getOut();
    List<Mail> mails =
        Maildir.open(folder(data.path())).mails().stream().filter(this::fits).toList();
    switch (mails.size()) {
      case 0 -> out.println(about.isEmpty() ? "no mail yet" : "no mail for " + about);
      case 1 -> whole(mails.getFirst(), out);
      default ->
          mails.forEach(
              mail -> out.printf("%s  %-32s %s%n", mail.sentAt(), mail.to(), mail.subject()));
    }
    out.flush();
    return 0;
  }

  /// Where the mail server keeps them.
  static Path folder(Path data) {
    return data.resolve("parts").resolve("mailserver");
  }

  private boolean fits(Mail mail) {
    return about.isEmpty()
        || mail.to().equalsIgnoreCase(about)
        || mail.subject().contains(about)
        || mail.body().contains(about)
        || mail.messageId().contains(about);
  }

  private static void whole(Mail mail, PrintWriter out) {
    out.println("To:      " + mail.to());
    out.println("Subject: " + mail.subject());
    out.println("Date:    " + mail.sentAt());
    out.println();
    out.println(mail.body().stripTrailing());
  }
}
