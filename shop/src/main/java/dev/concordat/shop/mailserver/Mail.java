package dev.concordat.shop.mailserver;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// A mail as it was delivered. Ordered by the time it was sent.
///
/// @param messageId with its angle brackets
/// @param to the address it was sent to
/// @param traceparent the trace it belongs to, as in W3C Trace Context; empty when it says nothing
/// @param sentAt the `Date` header
/// @param body the text
public record Mail(
    String messageId, String to, String subject, String traceparent, Instant sentAt, String body)
    implements Comparable<Mail> {
  private static final Comparator<Mail> ORDER =
      Comparator.comparing(Mail::sentAt).thenComparing(Mail::messageId);

  static Mail of(MimeMessage mail) throws MessagingException, IOException {
    return new Mail(
        text(mail.getMessageID()),
        text(mail.getHeader("To", ",")),
        text(mail.getSubject()),
        text(mail.getHeader("traceparent", ",")),
        mail.getSentDate() == null ? Instant.EPOCH : mail.getSentDate().toInstant(),
        String.valueOf(mail.getContent()));
  }

  @Override
  public int compareTo(Mail other) {
    return ORDER.compare(this, other);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
