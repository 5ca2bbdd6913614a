package dev.concordat.shop.mailserver;

import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;

/// The mail server: real SMTP (GreenMail). A mail is in the [Maildir] before the sender hears "250
/// OK", so that an accepted mail survives the death of the server.
public final class MailServer implements Running {
  private static final long PATIENCE_MILLIS = 10_000;

  private final GreenMail server;

  private MailServer(GreenMail server) {
    this.server = server;
  }

  /// Starts it; its mails are in the environment's folder.
  public static Running start(Environment environment) throws IOException {
    Maildir maildir = Maildir.open(environment.data());
    ServerSetup smtp =
        new ServerSetup(environment.port(), environment.host(), ServerSetup.PROTOCOL_SMTP);
    smtp.setServerStartupTimeout(PATIENCE_MILLIS);
    GreenMail server = new GreenMail(smtp);
    server
        .getUserManager()
        .setMessageDeliveryHandler((mail, address) -> keep(maildir, mail, address));
    server.start();
    return new MailServer(server);
  }

  @Override
  public int port() {
    return server.getSmtp().getPort();
  }

  @Override
  public void stop(Duration grace) {
    server.stop();
  }

  private static GreenMailUser keep(Maildir maildir, MovingMessage mail, MailAddress address)
      throws MessagingException, UserException {
    try {
      maildir.keep(mail.getMessage());
    } catch (IOException e) {
      throw new UserException("the mail cannot be kept", e); // the sender hears 451 and tries again
    }
    return new Addressee(address.getEmail());
  }
}
