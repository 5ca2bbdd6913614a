package dev.concordat.shop.mailserver;

import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import jakarta.mail.internet.MimeMessage;

/// A user without a mailbox in GreenMail's memory, which would grow with every mail: the mails are
/// in the [Maildir].
record Addressee(String email) implements GreenMailUser {
  @Override
  public String getEmail() {
    return email;
  }

  @Override
  public String getLogin() {
    return email;
  }

  @Override
  public String getPassword() {
    return "";
  }

  @Override
  public String getQualifiedMailboxName() {
    return email;
  }

  @Override
  public void deliver(MovingMessage mail) {}

  @Override
  public void deliver(MimeMessage mail) {}

  @Override
  public void create() {}

  @Override
  public void delete() {}

  @Override
  public void setPassword(String password) {}

  @Override
  public void authenticate(String password) {}
}
