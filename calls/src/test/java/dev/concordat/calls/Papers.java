package dev.concordat.calls;

import dev.concordat.calls.identity.Authority;
import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.SpiffeId;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TlsOptions;
import dev.concordat.core.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;

/// One party's certificate, key and trusted roots, as files of its own.
final class Papers {
  static final String DOMAIN = "test.example";
  static final Instant NOW = Clock.SYSTEM.now();

  final PemFiles files;

  Papers(Path folder) {
    try {
      files = PemFiles.in(Files.createTempDirectory(folder, "papers"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Authority authority(String name) {
    return Authority.create(name, NOW.minusSeconds(60), NOW.plusSeconds(3600));
  }

  static Authority.Issued leaf(Authority authority, String service) {
    return authority.issue(
        SpiffeId.of(DOMAIN, service), NOW.minusSeconds(60), NOW.plusSeconds(600));
  }

  /// Papers of a service, by one authority that it also trusts.
  static Papers of(Path folder, Authority authority, String service) {
    return new Papers(folder).own(leaf(authority, service)).trust(authority);
  }

  Papers own(Authority.Issued own) {
    write(files.certificate(), own.certificate());
    write(files.key(), own.key());
    return this;
  }

  Papers trust(Authority... authorities) {
    write(
        files.trust(),
        Arrays.stream(authorities).map(Authority::certificate).collect(Collectors.joining()));
    return this;
  }

  /// Looks at the files only when it is told to.
  Tls open() {
    return Tls.open(TlsOptions.of(files).withReread(Duration.ofHours(1)));
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
