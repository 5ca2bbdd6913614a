package dev.concordat.service;

import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.SpiffeId;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// The certificate authority of a system on one machine, in a folder of its own:
///
/// ```
/// root.pem, root.key   the root; whoever reads the key can be every part
/// next.pem, next.key   the root that is to come, while it is replaced
/// trust.pem            the roots that are believed
/// PART/                certificate.pem, key.pem and trust.pem of one part
/// ```
///
/// A part's certificate lives an hour and is replaced after half of it. Folders are 0700, keys
/// 0600. Several processes may work on the folder at once.
///
/// Threads: safe for many.
///
/// Failure: [Failure] with `UNAVAILABLE` when the folder cannot be read or written.
public final class LocalAuthority implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LocalAuthority.class.getName());

  /// Whose names it gives: the system on this machine.
  public static final String TRUST_DOMAIN = "concordat.local";

  private static final String ROOT = "root";
  private static final String NEXT = "next";
  private static final String CERTIFICATE = ".pem";
  private static final String KEY = ".key";
  private static final String TRUST = "trust.pem";
  private static final Duration LEAF = Duration.ofHours(1);
  private static final Duration ROOT_LIFE = Duration.ofDays(365);
  private static final Duration LOOK = Duration.ofMinutes(1);

  /// Clocks of this machine do not differ, but a certificate may be looked at in the second in
  /// which it was made.
  private static final Duration BEFORE = Duration.ofMinutes(5);

  private final GuardedFolder folder;
  private final Clock clock;
  private final Background threads = new Background("authority");

  private LocalAuthority(Path folder, Clock clock) {
    this.folder = new GuardedFolder(folder);
    this.clock = clock;
  }

  /// The authority of this folder; makes the folder and a root when there is none.
  public static LocalAuthority open(Path folder, Clock clock) {
    LocalAuthority authority = new LocalAuthority(folder, clock);
    authority.folder.alone(authority::requireRoot);
    return authority;
  }

  /// Whether there is one in this folder.
  public static boolean at(Path folder) {
    return Files.exists(folder.resolve(ROOT + CERTIFICATE));
  }

  /// The papers of a part, new ones when it has none that are good for long enough.
  public PemFiles papers(String part) {
    return folder.alone(() -> {
      issueIfDue(part, root(ROOT));
      return files(part);
    });
  }

  /// What a part needs to prove itself.
  public Identity identity(String part) {
    return Identity.NONE.withPapers(papers(part)).withTrustDomain(TRUST_DOMAIN);
  }

  /// Replaces the parts' certificates in good time, until it is closed.
  ///
  /// @return this
  public LocalAuthority keep() {
    Context.root().run(() -> threads.start("renew", this::renew));
    return this;
  }

  /// One certificate.
  ///
  /// @param part whose; `root` is the authority's own
  public record Shown(String part, Instant expires) {}

  /// All that there are: the root first, then the parts by name.
  public List<Shown> show() {
    return folder.alone(() -> {
      List<Shown> shown = new ArrayList<>();
      shown.add(new Shown("root", root(ROOT).expires()));
      for (String part : folder.folders()) {
        shown.add(new Shown(part, expires(part)));
      }
      return shown;
    });
  }

  /// Replaces the root while the system runs, in three steps: all believe both roots; all prove
  /// themselves by the new one; nobody believes the old one any more.
  ///
  /// @param pause between the steps: long enough for every part to look at its files, which it does
  ///   once a second
  /// @throws InterruptedException in which case both roots stay believed; calling it again is safe
  public void rotateRoot(Duration pause) throws InterruptedException {
    folder.alone(() -> {
      Authority next = create();
      write(NEXT, next);
      trust(folder.read(TRUST) + next.certificate());
      return next;
    });
    clock.sleep(pause);
    folder.alone(() -> {
      Authority next = root(NEXT);
      write(ROOT, next);
      folder.folders().forEach(part -> issue(part, next));
      return next;
    });
    clock.sleep(pause);
    folder.alone(() -> {
      Authority now = root(ROOT);
      trust(now.certificate());
      folder.remove(NEXT + CERTIFICATE);
      folder.remove(NEXT + KEY);
      return now;
    });
  }

  /// Replaces certificates no more. Those that are there stay good for the rest of their hour.
  @Override
  public void close() {
    threads.close();
  }

  private void renew() {
    try {
      while (!threads.stopping()) {
        clock.sleep(LOOK);
        renewAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void renewAll() {
    try {
      folder.alone(() -> {
        Authority root = root(ROOT);
        folder.folders().forEach(part -> issueIfDue(part, root));
        return root;
      });
    } catch (Failure e) {
      LOG.log(Level.WARNING, "certificates could not be renewed, the next try is in a minute", e);
    }
  }

  private Authority requireRoot() {
    if (!folder.has(ROOT + CERTIFICATE) || root(ROOT).expires().isBefore(clock.now().plus(LEAF))) {
      Authority root = create();
      write(ROOT, root);
      trust(root.certificate());
    }
    return root(ROOT);
  }

  private Authority create() {
    Instant now = clock.now();
    String name = "Concordat on this machine, " + now.truncatedTo(ChronoUnit.SECONDS);
    return Authority.create(name, now.minus(BEFORE), now.plus(ROOT_LIFE));
  }

  private Authority root(String name) {
    return Authority.of(
        new Authority.Issued(folder.read(name + CERTIFICATE), folder.read(name + KEY)));
  }

  /// The key first: a certificate without its key is noticed, the other way round too.
  private void write(String name, Authority authority) {
    Authority.Issued root = authority.root();
    folder.write(name + KEY, root.key());
    folder.write(name + CERTIFICATE, root.certificate());
  }

  private void trust(String certificates) {
    folder.write(TRUST, certificates);
    folder.folders().forEach(part -> folder.write(part + "/" + TRUST, certificates));
  }

  private void issueIfDue(String part, Authority root) {
    if (!folder.has(part + "/" + TRUST)
        || expires(part).isBefore(clock.now().plus(LEAF.dividedBy(2)))) {
      issue(part, root);
    }
  }

  private void issue(String part, Authority root) {
    Instant now = clock.now();
    Authority.Issued leaf =
        root.issue(SpiffeId.of(TRUST_DOMAIN, part), now.minus(BEFORE), now.plus(LEAF));
    PemFiles files = files(part);
    folder.write(part + "/" + files.key().getFileName(), leaf.key());
    folder.write(part + "/" + files.certificate().getFileName(), leaf.certificate());
    folder.write(part + "/" + TRUST, folder.read(TRUST));
  }

  private Instant expires(String part) {
    return Authority.expires(folder.read(part + "/" + files(part).certificate().getFileName()));
  }

  private PemFiles files(String part) {
    return PemFiles.in(folder.path().resolve(part));
  }
}
