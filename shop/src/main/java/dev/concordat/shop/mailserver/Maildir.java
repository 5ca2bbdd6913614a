package dev.concordat.shop.mailserver;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/// A folder with one file per mail, as the mail came over the wire. Files appear whole or not at
/// all, and there is one per Message-ID: what is delivered twice is kept once (as Cyrus and Dovecot
/// do with their duplicate suppression).
///
/// Threads and processes: safe for many.
///
/// Source: [Maildir](https://cr.yp.to/proto/maildir.html), `tmp` and `new`.
public final class Maildir {
  private final Path incoming;
  private final Path delivered;

  private Maildir(Path incoming, Path delivered) {
    this.incoming = incoming;
    this.delivered = delivered;
  }

  /// Opens the folder and makes it when there is none.
  public static Maildir open(Path folder) throws IOException {
    Maildir maildir = new Maildir(folder.resolve("tmp"), folder.resolve("new"));
    Files.createDirectories(maildir.incoming);
    Files.createDirectories(maildir.delivered);
    return maildir;
  }

  /// Keeps the mail, unless it is there already.
  void keep(MimeMessage mail) throws IOException, MessagingException {
    Path file = delivered.resolve(name(mail));
    if (Files.exists(file)) {
      return;
    }
    Path draft = Files.createTempFile(incoming, "mail", ".eml");
    try (OutputStream out = Files.newOutputStream(draft)) {
      mail.writeTo(out);
    }
    try {
      Files.createLink(file, draft); // unlike a move, it fails when another was faster
    } catch (FileAlreadyExistsException faster) {
      // kept by the one that was
    } finally {
      Files.delete(draft);
    }
  }

  /// All mails, the oldest first.
  ///
  /// Failure: a mail that cannot be read throws [UncheckedIOException].
  public List<Mail> mails() {
    try (Stream<Path> files = Files.list(delivered)) {
      return files.map(Maildir::read).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the mail folder cannot be read", e);
    }
  }

  private static Mail read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Mail.of(new MimeMessage(Session.getInstance(new Properties()), in));
    } catch (IOException e) {
      throw new UncheckedIOException("the mail " + file + " cannot be read", e);
    } catch (MessagingException e) {
      throw new UncheckedIOException(
          "the mail " + file + " cannot be understood", new IOException(e));
    }
  }

  private static String name(MimeMessage mail) throws MessagingException {
    String id = mail.getMessageID() == null ? "" : mail.getMessageID();
    String text = id.isEmpty() ? UUID.randomUUID().toString() : id;
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + ".eml";
  }
}
