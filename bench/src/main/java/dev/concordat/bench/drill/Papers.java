package dev.concordat.bench.drill;

import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.SpiffeId;
import dev.concordat.core.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The certificate, the key and the trusted roots of one party of a drill, as files that are
/// replaced while it runs.
///
/// Threads: one.
final class Papers {
  private static final String DOMAIN = "drill.example";
  private static final Duration GOOD_FOR = Duration.ofHours(1);

  private final String name;
  private final Path folder;
  private final PemFiles files;

  /// Papers by this authority, which the party also trusts.
  Papers(Path folder, String name, Authority authority) throws IOException {
    this.name = name;
    this.folder = Files.createDirectories(folder.resolve(name)).toAbsolutePath();
    this.files = PemFiles.in(this.folder);
    prove(authority);
    trust(authority);
  }

  /// A new root.
  static Authority authority(String name) {
    Instant now = Clock.SYSTEM.now();
    return Authority.create(name, now.minusSeconds(60), now.plus(GOOD_FOR));
  }

  /// The folder of the files.
  Path folder() {
    return folder;
  }

  /// A new certificate with a new key.
  void prove(Authority authority) {
    Instant now = Clock.SYSTEM.now();
    Authority.Issued own =
        authority.issue(SpiffeId.of(DOMAIN, name), now.minusSeconds(60), now.plus(GOOD_FOR));
    write(files.certificate(), own.certificate());
    write(files.key(), own.key());
  }

  /// These roots and no others.
  void trust(Authority... authorities) {
    write(
        files.trust(),
        Arrays.stream(authorities).map(Authority::certificate).collect(Collectors.joining()));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
