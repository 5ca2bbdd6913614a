package dev.concordat.shop.receipts;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.receipts.ReceiptBook.Draft;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Map;
import java.util.Properties;

/// Sends receipts over SMTP. The mail says which trace it belongs to.
///
/// Failure: [Failure] with `UNAVAILABLE` when the mail server cannot be reached or does not take
/// the mail: then it may have been taken all the same, and sending the same Message-ID again is how
/// to find out.
final class PostOffice {
  private static final String PATIENCE_MILLIS = "10000";

  private final String host;
  private final String port;
  private final Session session; // making one reads every jar on the class path
  private final Observer observer;
  private final Clock clock;

  /// @param address `host:port`
  PostOffice(String address, Observer observer, Clock clock) {
    int colon = address.lastIndexOf(':');
    this.host = address.substring(0, colon);
    this.port = address.substring(colon + 1);
    this.session = session(host, port);
    this.observer = observer;
    this.clock = clock;
  }

  void send(Draft draft) {
    var activity =
        new Observer.Activity(
            Observer.Kind.CLIENT,
            "send smtp",
            Context.current(),
            Map.of(
                "server.address",
                host,
                "server.port",
                port,
                "peer.service",
                "mailserver",
                "concordat.key",
                draft.confirmed().getOrderId()));
    try (Observation observation = observer.begin(activity)) {
      try {
        MimeMessage mail = mail(draft, observation.context());
        Transport.send(mail);
      } catch (MessagingException e) {
        observation.failed(e);
        throw Failure.of(Code.UNAVAILABLE, "the mail server did not take the receipt", e);
      }
    }
  }

  private MimeMessage mail(Draft draft, Context context) throws MessagingException {
    OrderConfirmed confirmed = draft.confirmed();
    MimeMessage mail = new Written(session, draft.messageId());
    mail.setFrom(new InternetAddress("orders@shop.example"));
    Address to = new InternetAddress(confirmed.getEmail());
    mail.setRecipient(Message.RecipientType.TO, to);
    mail.setSentDate(Date.from(clock.now()));
    mail.setSubject(ReceiptText.subject(confirmed));
    mail.setText(ReceiptText.body(confirmed), StandardCharsets.UTF_8.name());
    mail.setHeader("X-Order-Id", confirmed.getOrderId());
    if (context.trace().isPresent()) {
      mail.setHeader("traceparent", context.trace().get().traceparent());
    }
    mail.saveChanges();
    return mail;
  }

  private static Session session(String host, String port) {
    Properties options = new Properties();
    options.setProperty("mail.smtp.host", host);
    options.setProperty("mail.smtp.port", port);
    options.setProperty("mail.smtp.localhost", "shop.example");
    options.setProperty("mail.smtp.connectiontimeout", PATIENCE_MILLIS);
    options.setProperty("mail.smtp.timeout", PATIENCE_MILLIS);
    options.setProperty("mail.smtp.writetimeout", PATIENCE_MILLIS);
    return Session.getInstance(options);
  }

  /// A mail that keeps the Message-ID it was given.
  private static final class Written extends MimeMessage {
    private final String messageId;

    Written(Session session, String messageId) {
      super(session);
      this.messageId = messageId;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", messageId);
    }
  }
}
